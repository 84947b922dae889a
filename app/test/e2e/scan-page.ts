import type { Locator } from 'playwright-core';

/** Run in the page: notes every value a progress bar has, however short. */
export const noteProgress = `
  window.notedProgress = [];
  new MutationObserver(() => {
    const value = Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') ?? 0);
    window.notedProgress.push(value);
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['aria-valuenow'] });
`;

/** How many findings the table says it has, drawn or not. */
export async function countRows(table: Locator): Promise<number> {
  return Number(await table.getAttribute('aria-rowcount'));
}

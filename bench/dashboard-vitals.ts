// LCP, CLS and INP of every page: opened cold, then clicked and typed into as a person would, in real Chromium.
import type { Browser, Page } from 'playwright-core';

export interface Vitals {
  readonly page: string;
  readonly lcpMs: number;
  readonly cls: number;
  /** The slowest interaction; with so few of them that is what INP means. */
  readonly inpMs: number;
  readonly interactions: number;
  /** What the slowest one was. */
  readonly slowest: string;
}

const PAGES = [
  '',
  'requests',
  'database',
  'cache',
  'sessions',
  'profiler',
  'scans',
  'recommendations',
  'alerts',
  'proof',
] as const;
const SETTLE_MS = 2_500;
const MOST_CONTROLS = 6;

/** Runs before the page does. Event Timing rounds durations to 8 ms. */
const OBSERVE = `
globalThis.vitals = { lcpMs: 0, cls: 0, interactions: new Map() };
new PerformanceObserver((list) => { vitals.lcpMs = list.getEntries().at(-1).startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) vitals.cls += entry.value; }).observe({ type: 'layout-shift', buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.interactionId === 0) continue;
    const known = vitals.interactions.get(entry.interactionId);
    if (known === undefined || known.duration < entry.duration)
      vitals.interactions.set(entry.interactionId, { duration: entry.duration, what: entry.name + ' ' + (entry.target?.textContent ?? '').slice(0, 24) });
  }
}).observe({ type: 'event', buffered: true, durationThreshold: 16 });
`;

export async function measureVitals(browser: Browser, address: string): Promise<readonly Vitals[]> {
  const measured: Vitals[] = [];
  for (const name of PAGES) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
    const page = await context.newPage();
    page.on('dialog', (dialog) => void dialog.dismiss());
    await page.addInitScript(OBSERVE);
    await page.goto(`${address}/admin/performance${name === '' ? '' : `/${name}`}`);
    await page.waitForTimeout(SETTLE_MS);
    const interactions = await interact(page);
    await page.waitForTimeout(500);
    const found = await page.evaluate<Omit<Vitals, 'page' | 'interactions'>>(
      `(() => {
        const worst = [...vitals.interactions.values()].toSorted((a, b) => b.duration - a.duration)[0];
        return { lcpMs: vitals.lcpMs, cls: vitals.cls, inpMs: worst?.duration ?? 0, slowest: worst?.what ?? '' };
      })()`,
    );
    measured.push({ page: name === '' ? 'overview' : name, interactions, ...found });
    await context.close();
  }
  return measured;
}

/** Clicks what can be clicked, walks with the keyboard, reads a chart, changes the range, opens the next page and comes back. */
async function interact(page: Page): Promise<number> {
  let count = 0;
  const click = async (selector: string, index: number): Promise<void> => {
    await page
      .locator(selector)
      .nth(index)
      .click({ timeout: 2_000 })
      .then(
        () => (count += 1),
        () => undefined,
      );
    await page.waitForTimeout(120);
  };
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key);
      count += 1;
      await page.waitForTimeout(60);
    }
  };
  await press('Tab', 'Tab', 'Tab', 'Tab');
  const controls = 'main button:visible, main summary:visible, main input[type=checkbox]:visible, main canvas:visible';
  const controlCount = Math.min(MOST_CONTROLS, await page.locator(controls).count());
  for (let index = 0; index < controlCount; index += 1) {
    await click(controls, index);
    await press('Escape');
  }
  if ((await page.locator('.stage .plot').count()) > 0) {
    await page.locator('.stage .plot').first().focus();
    await press('ArrowLeft', 'ArrowLeft', 'ArrowRight', 'PageUp');
  }
  await page.locator('header select').first().focus();
  await press('ArrowDown', 'ArrowDown');
  await page.waitForTimeout(700);
  await press('ArrowUp', 'ArrowUp');
  await page.waitForTimeout(700);
  await click('nav a:not([aria-current])', 2);
  await page.waitForTimeout(900);
  await page.goBack();
  await page.waitForTimeout(900);
  return count;
}

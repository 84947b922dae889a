import { readFile } from 'node:fs/promises';
import { launchBrowser } from '@dataguardian/testing';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holds } from './holds.ts';
import { startDashboardServer, type DashboardServer } from './world.ts';

let server: DashboardServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([startDashboardServer(), launchBrowser()]);
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

async function open(path: string): Promise<void> {
  await page.goto(`${server.address}/admin/performance${path}`);
  await page.locator('main .skeleton').waitFor({ state: 'detached' });
}

/** Chooses one kind of file in the menu of the first chart. */
async function save(kind: string): Promise<Buffer> {
  const [download] = await Promise.all<[Promise<Download>, Promise<void>]>([
    page.waitForEvent('download'),
    (async () => {
      await page.locator('details.save summary').first().click();
      await page.locator('details.save[open] button', { hasText: kind }).click();
    })(),
  ]);
  return readFile(await download.path());
}

describe('every chart', () => {
  beforeAll(async () => {
    await open('/requests');
    await holds(page, `document.querySelectorAll('.stage.moving').length >= 3`);
  });

  it('is saved as CSV and JSON with what it shows', async () => {
    const csv = (await save('CSV')).toString().split('\r\n');
    expect(csv[0]).toBe('time,requests.rate');
    expect(csv[1]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,/);
    const json = JSON.parse((await save('JSON')).toString()) as { names: string[]; rows: unknown[] };
    expect(json.names).toEqual(['time', 'requests.rate']);
    expect(json.rows.length).toBeGreaterThan(3);
  });

  it('is saved as a picture of now, not of when the library drew last', async () => {
    const last = `document.querySelector('.stage .plot').data[0].y.filter((value) => value !== null).length`;
    await page.waitForTimeout(3_000);
    const { rows } = JSON.parse((await save('JSON')).toString()) as { rows: readonly (readonly unknown[])[] };
    const shown = rows.filter(([, value]) => value !== null).length;
    const png = await save('PNG');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    // Width of the picture, from its header.
    expect(png.readUInt32BE(16)).toBe(2_400);
    expect(await page.evaluate<number>(last)).toBeGreaterThanOrEqual(shown);
  });
});

describe('every view has an address', () => {
  it('of a route over time', async () => {
    await open('/requests?range=1h');
    await page.locator('button.trend').first().click();
    await holds(page, `new URLSearchParams(location.search).get('route') !== null`);
    const address = page.url();
    expect(address).toContain('range=1h');
    await page.goto(address);
    await page.locator('figure[aria-label="Calls per second"]').waitFor();
  });

  it('of the order of statements, which a link to another page leaves behind', async () => {
    await open('/database?range=1h');
    await page.getByRole('button', { name: 'Slowest (p99)' }).click();
    await holds(page, `location.search === '?range=1h&order=p99Ms'`);
    await page.reload();
    await page.locator('main .skeleton').waitFor({ state: 'detached' });
    const chosen = page.getByRole('button', { name: 'Slowest (p99)' });
    expect(await chosen.getAttribute('aria-pressed')).toBe('true');
    await page.locator('nav a[data-page="/cache"]').click();
    await holds(page, `location.pathname.endsWith('/cache') && location.search === '?range=1h'`);
  });

  it('of a comparison with the range before, and with the time up to a release', async () => {
    await open('/requests?range=1h');
    await page.getByLabel('Compare with').selectOption('previous');
    await holds(page, `/compare=previous/.test(location.search)`);
    await holds(page, `document.querySelector('.stage .plot').data?.length === 2`);
    const mark = page.getByLabel('Compare with').locator('optgroup option').first();
    const value = (await mark.getAttribute('value')) ?? '';
    expect(value).toMatch(/^mark:release:/);
    await page.getByLabel('Compare with').selectOption(value);
    await holds(page, `new URLSearchParams(location.search).get('compare') === '${value}'`);
    const compared = page.waitForResponse((response) => response.url().includes('compare=mark'));
    await page.reload();
    expect((await compared).status()).toBe(200);
  });

  it('of the samples of one route, compared', async () => {
    await open('/profiler?range=1h');
    await page.locator('label', { hasText: 'Compare with before' }).locator('input').check();
    await holds(page, `/diff=1/.test(location.search)`);
    await page.reload();
    await page.locator('main .skeleton').waitFor({ state: 'detached' });
    expect(await page.locator('label', { hasText: 'Compare with before' }).locator('input').isChecked()).toBe(true);
  });
});

describe('an alert rule', () => {
  it('is tried on the history, saved, changed and removed', async () => {
    await open('/alerts');
    await page.getByText('Add a rule').click();
    await page.getByLabel('Name', { exact: true }).first().fill('busy pool');
    await page.getByLabel('Metric').selectOption('pool.busy');
    await page.getByLabel('Threshold').fill('5');
    await page.getByLabel('Ends at').fill('3');
    await page.getByRole('button', { name: 'Try it on the history' }).click();
    await page.getByText(/Would have fired \d+ times|holds nothing for this/).waitFor();
    await page.getByRole('button', { name: 'Save rule' }).click();
    const row = page.locator('tr', { hasText: 'busy pool' });
    await row.waitFor();
    expect(await row.textContent()).toContain('Connections in use > 5 for 60 s');
    await row.getByRole('button', { name: 'Edit: busy pool' }).click();
    expect(await page.getByLabel('Ends at').inputValue()).toBe('3');
    await page.getByLabel('Threshold').fill('8');
    await page.getByRole('button', { name: 'Save rule' }).click();
    await page.locator('tr', { hasText: 'Connections in use > 8' }).waitFor();
    await row.getByRole('button', { name: 'Remove: busy pool' }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('is silenced by its group, with a reason', async () => {
    await open('/alerts');
    await page.getByText('Add a silence').click();
    await page.getByLabel('Group').last().selectOption('requests');
    await page.getByLabel('Reason').fill('maintenance');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    const silence = page.locator('li', { hasText: 'maintenance' });
    await silence.waitFor();
    expect(await silence.textContent()).toContain('anna');
  });
});

it('can be walked with the keyboard alone: past the navigation, to the charts, and back', async () => {
  await open('/requests');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.className')).toBe('skip');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(`document.querySelector('main').contains(document.activeElement)`)).toBe(true);
  const outline = await page.evaluate<string>(`getComputedStyle(document.activeElement).outlineStyle`);
  expect(outline).toBe('solid');
});

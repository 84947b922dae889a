import { launchBrowser } from '@dataguardian/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holds } from './holds.ts';
import { startDashboardServer, type DashboardServer } from './world.ts';

let server: DashboardServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startDashboardServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

const firstPath = `document.querySelector('.stage .plot .js-line')?.getAttribute('d') ?? ''`;

async function open(page: Page): Promise<void> {
  await page.goto(`${server.address}/admin/performance/requests`);
  await holds(page, `${firstPath}.length > 20`);
}

describe('a live chart', () => {
  it('is moved to where the library itself would draw it', async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await open(page);
    // The fast lane writes whole path data with tenths of pixels; wait until it has drawn at least once.
    const before = await page.evaluate<string>(firstPath);
    await holds(page, `${firstPath} !== ${JSON.stringify(before)}`);
    const deviation = await page.evaluate<number>(`(async () => {
      const plot = document.querySelector('.stage .plot');
      const read = () => [...plot.querySelector('.js-line').getAttribute('d').matchAll(/[ML](-?[\\d.]+),(-?[\\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
      const own = read();
      // Pointing at a chart makes the library draw the same data; do it within the second.
      plot.dispatchEvent(new PointerEvent('pointerenter'));
      await new Promise((resolve) => setTimeout(resolve, 400));
      const theirs = read();
      const shared = Math.min(own.length, theirs.length);
      return Math.max(...Array.from({ length: shared }, (_, index) => {
        const one = own[own.length - 1 - index];
        const gap = Math.min(...theirs.map(([x, y]) => Math.hypot(x - one[0], y - one[1])));
        return gap;
      }).slice(2));
    })()`);
    // A second may pass in between: at 300 s over some 350 px that is 1.2 px.
    expect(deviation).toBeLessThan(3);
    await page.close();
  });

  it('is zoomed into the past, with an address of its own', async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await open(page);
    const box = await page.locator('.stage .plot .nsewdrag').first().boundingBox();
    if (box === null) throw new Error('The chart takes no pointer.');
    await page.mouse.move(box.x + box.width * 0.6, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await holds(page, `/from=\\d+&to=\\d+/.test(location.search)`);
    const [from = 0, to = 0] = (await page.evaluate<string>('location.search')).match(/\d{10,}/g)?.map(Number) ?? [];
    expect((to - from) / 300_000).toBeGreaterThan(0.25);
    expect((to - from) / 300_000).toBeLessThan(0.35);
    await page.close();
  });

  it('is read with the keyboard and as a table', async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await open(page);
    await page.locator('.stage .plot').first().focus();
    await page.keyboard.press('ArrowLeft');
    await holds(page, `/\\d/.test(document.querySelector('.stage [aria-live]').textContent)`);
    await page.locator('details.save summary').first().click();
    await page.locator('details.save button').first().click();
    await page.locator('figure .numbers tbody tr').nth(3).waitFor();
    expect(await page.locator('figure .numbers thead th').allTextContents()).toEqual(['time', 'requests.rate']);
    await page.close();
  });
});

describe('the stream', () => {
  it('is one connection for all tabs of a browser, and every tab moves', async () => {
    const context = await browser.newContext();
    const tabs = await Promise.all([context.newPage(), context.newPage(), context.newPage()]);
    const streams: string[] = [];
    for (const tab of tabs)
      tab.on('request', (request) => {
        if (request.url().includes('/stream')) streams.push(request.url());
      });
    for (const tab of tabs) await open(tab);
    for (const tab of tabs) await holds(tab, `document.querySelector('.status').textContent === 'Live'`);
    expect(streams).toHaveLength(1);
    // The tab with the connection closes; another takes over.
    await tabs[0]?.close();
    const left = tabs[1];
    if (left === undefined) throw new Error('There were three tabs.');
    const before = await left.evaluate<string>(firstPath);
    await holds(left, `${firstPath} !== ${JSON.stringify(before)}`);
    await context.close();
  });

  it('comes back by itself after the server was killed, marks the gap and repeats no point', async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await open(page);
    const { port } = server;
    await server.close();
    await holds(page, `document.querySelector('.status').classList.contains('lost')`);
    // Long enough for seconds to be missing.
    await page.waitForTimeout(4_000);
    server = await startDashboardServer(port);
    await holds(page, `!document.querySelector('.status').classList.contains('lost')`);
    await page.locator('.stage .gap').first().waitFor({ state: 'attached' });
    await page.locator('details.save summary').first().click();
    await page.locator('details.save button').first().click();
    const times = await page.locator('figure .numbers tbody tr td:first-child').allTextContents();
    expect(times.length).toBeGreaterThan(3);
    expect(new Set(times).size).toBe(times.length);
    expect(times).toEqual(times.toSorted());
    await page.close();
  });
});

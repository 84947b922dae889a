import { freePort, launchBrowser } from '@dataguardian/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holds } from './holds.ts';
import { startDashboardServer, type DashboardServer } from './world.ts';

let server: DashboardServer;
let browser: Browser;

beforeAll(async () => {
  // A port that nobody's outgoing connection is given while the server is away.
  const port = await freePort();
  [server, browser] = await Promise.all([startDashboardServer(port), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

/** The bitmap of the first chart whose lines move, as text. */
const picture = `document.querySelector('.stage.moving .lane')?.toDataURL() ?? ''`;

async function open(page: Page): Promise<void> {
  await page.goto(`${server.address}/admin/performance/requests`);
  await holds(page, `document.querySelectorAll('.stage.moving .lane').length >= 3`);
}

/** Counts the seconds that the page hears of, and when the last one was. */
const COUNT_SECONDS = `
  globalThis.seconds = { count: 0, lastAt: 0 };
  new BroadcastChannel('dataguardian-performance-stream').onmessage = ({ data }) => {
    if (data.kind !== 'ticks' || data.ticks.length === 0) return;
    seconds.count += 1;
    seconds.lastAt = data.ticks.at(-1).at;
  };`;

/** Charts are drawn one after the other in the frames after the second they show. */
const SOME_FRAMES = `(async () => {
  for (let frame = 0; frame < 30; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
})()`;

/** Pixels of our lines that are nowhere near the library's, and points of the library's that we have not drawn. */
const COMPARE = `(async () => {
  const stage = [...document.querySelectorAll('.stage.moving')][1];
  const [plot, lane] = [stage.querySelector('.plot'), stage.querySelector('.lane')];
  const { width, height } = lane;
  const own = lane.getContext('2d').getImageData(0, 0, width, height).data.slice();
  // Pointing at a chart makes the library draw the same data.
  plot.dispatchEvent(new PointerEvent('pointerenter'));
  while (stage.classList.contains('moving')) await new Promise((resolve) => setTimeout(resolve, 10));
  const near = new Uint8Array(width * height);
  const perX = width / (plot.clientWidth - 58);
  const mark = (x, y) => {
    for (let dx = -4; dx <= 4; dx += 1) for (let dy = -4; dy <= 4; dy += 1) {
      const [column, row] = [Math.round(x + dx), Math.round(y + dy)];
      if (column >= 0 && column < width && row >= 0 && row < height) near[row * width + column] = 1;
    }
  };
  const ink = (x, y) => {
    for (let dx = -4; dx <= 4; dx += 1) for (let dy = -4; dy <= 4; dy += 1)
      if (own[4 * (Math.round(y + dy) * width + Math.round(x + dx)) + 3] > 100) return true;
    return false;
  };
  let points = 0;
  let missing = 0;
  for (const path of plot.querySelectorAll('.js-line'))
    for (const stretch of path.getAttribute('d').split('M').slice(1)) {
      const stops = stretch.split('L').map((pair) => pair.split(',').map((part) => parseFloat(part) * perX));
      for (const [index, [x, y]] of stops.entries()) {
        const [lastX, lastY] = stops[Math.max(0, index - 1)];
        const steps = Math.ceil(Math.hypot(x - lastX, y - lastY)) + 1;
        for (let step = 0; step <= steps; step += 1) mark(lastX + ((x - lastX) * step) / steps, lastY + ((y - lastY) * step) / steps);
        // At the edges a line is cut off.
        if (x < 2 || x > width - 4) continue;
        points += 1;
        if (!ink(x, y)) missing += 1;
      }
    }
  let strays = 0;
  let drawn = 0;
  for (let pixel = 0; pixel < near.length; pixel += 1)
    if (own[4 * pixel + 3] > 100) { drawn += 1; if (near[pixel] === 0) strays += 1; }
  return { points, missing, drawn, strays };
})()`;

describe('a live chart', () => {
  it('is moved to where the library itself would draw it', async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(COUNT_SECONDS);
    await open(page);
    // Several seconds on top of each other, so that what a move leaves behind would be seen.
    await holds(page, 'seconds.count >= 15', { timeoutMs: 90_000 });
    // The library must draw the same seconds.
    const lastAt = server.standStill();
    await holds(page, `seconds.lastAt === ${lastAt}`);
    await page.evaluate(SOME_FRAMES);
    await holds(page, `document.querySelectorAll('.stage.moving').length >= 3`);
    const { points, missing, drawn, strays } = await page.evaluate<Record<string, number>>(COMPARE);
    server.goOn();
    expect(points).toBeGreaterThan(20);
    expect(drawn).toBeGreaterThan(50);
    expect({ missing, strays }).toEqual({ missing: 0, strays: 0 });
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
    const before = await left.evaluate<string>(picture);
    await holds(left, `${picture} !== ${JSON.stringify(before)}`);
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

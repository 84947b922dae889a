// node bench/dashboard.ts [--json FILE] [--seconds 20] [--rounds 3]
// What the dashboard costs a browser, in real Chromium. Live: 20 charts of 600 points at 1 Hz, ours and uPlot's in turns
// on one page; main-thread time by the browser's own counter, tasks above 50 ms by its own observer. Flame graph of
// 50,000 frames: data to the frame after the drawing. Loopback: LCP and CLS of the overview. Bytes of the built pages.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { startDashboardServer } from '../packages/dashboard/test/e2e/world.ts';
import { launchBrowser } from '../packages/testing/src/browser.ts';
import { until } from '../packages/testing/src/until.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
  },
});
const SECONDS = Number(values.seconds);
const ROUNDS = Number(values.rounds);
const SETTLE_MS = 4_000;
const FRAMES = 50_000;
const LONG_TASKS = `new Promise((resolve) => {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  resolve();
})`;
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const round = (value: number): number => Number(value.toPrecision(3));

const built = join(tmpdir(), `dashboard-bench-${process.pid}`);
await build({
  root: import.meta.dirname,
  logLevel: 'error',
  configFile: false,
  define: { global: 'globalThis' },
  build: {
    outDir: built,
    target: 'es2024',
    rolldownOptions: {
      input: resolve(import.meta.dirname, 'dashboard-page.mjs'),
      output: { entryFileNames: 'page.js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
});
const files = createServer((request, response) => {
  const name = (request.url ?? '/').slice(1);
  if (name === '') {
    const styles = readdirSync(built).filter((file) => file.endsWith('.css'));
    response.setHeader('content-type', 'text/html');
    response.end(
      `<!doctype html><html lang="en" data-theme="light">${styles.map((file) => `<link rel="stylesheet" href="/${file}">`).join('')}<main><div id="room" class="grid"></div></main><script type="module" src="/page.js"></script></html>`,
    );
    return;
  }
  try {
    response.setHeader('content-type', name.endsWith('.css') ? 'text/css' : 'text/javascript');
    response.end(readFileSync(join(built, name)));
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise<void>((done) => {
  files.listen(0, '127.0.0.1', done);
});
// A TCP server's address is an object.
const { port } = files.address() as AddressInfo;
const browser = await launchBrowser();
const page = await browser.newPage({ locale: 'en-US', viewport: { width: 1440, height: 2_600 } });
page.on('pageerror', ({ message }) => console.error(message));
await page.goto(`http://127.0.0.1:${port}/`);
await page.waitForFunction('globalThis.bench !== undefined');
await page.evaluate(LONG_TASKS);
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');
const busySeconds = async (): Promise<number> => {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
};

const live: Record<'ours' | 'uPlot', { busy: number[]; longTasks: number[] }> = {
  ours: { busy: [], longTasks: [] },
  uPlot: { busy: [], longTasks: [] },
};
for (let turn = 0; turn < ROUNDS; turn += 1)
  for (const contender of turn % 2 === 0 ? (['ours', 'uPlot'] as const) : (['uPlot', 'ours'] as const)) {
    await page.evaluate(`bench.start('${contender}')`);
    // Who does not draw cannot win.
    const lines = page.locator(contender === 'ours' ? '.js-line' : '.uplot canvas');
    await until(async () => (await lines.count()) === 20, { timeoutMs: 60_000, what: `20 charts of ${contender}` });
    await page.waitForTimeout(SETTLE_MS);
    const before = await busySeconds();
    await page.evaluate('longTasks.length = 0');
    await page.waitForTimeout(SECONDS * 1_000);
    live[contender].busy.push((await busySeconds()) - before);
    live[contender].longTasks.push(...(await page.evaluate<number[]>('longTasks')));
    await page.evaluate('bench.stop()');
  }
const flame: number[] = [];
for (let turn = 0; turn < 5; turn += 1) flame.push(await page.evaluate<number>(`bench.flame(${FRAMES})`));
await page.close();

const server = await startDashboardServer();
const vitals: { lcpMs: number; cls: number }[] = [];
for (let turn = 0; turn < 3; turn += 1) {
  const visit = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await visit.goto(`${server.address}/admin/performance`);
  await visit.waitForTimeout(4_000);
  vitals.push(
    await visit.evaluate<{ lcpMs: number; cls: number }>(`new Promise((resolve) => {
      let lcpMs = 0;
      let cls = 0;
      new PerformanceObserver((list) => { lcpMs = list.getEntries().at(-1).startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) cls += entry.value; }).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve({ lcpMs, cls }), 500);
    })`),
  );
  await visit.close();
}
await server.close();
await browser.close();
files.close();

const assets = resolve(import.meta.dirname, '../packages/dashboard/web/dist/assets');
const bytes = Object.fromEntries(
  readdirSync(assets)
    .filter((name) => /\.(?:js|css)$/.test(name))
    .map((name) => [name, gzipSync(readFileSync(join(assets, name))).length]),
);
const share = (busy: readonly number[]): number => round((100 * median(busy)) / SECONDS);
const result = {
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, load: loadavg().map(round) },
  command: `node bench/dashboard.ts --seconds ${SECONDS} --rounds ${ROUNDS}`,
  live: {
    charts: 20,
    points: 600,
    busyPercent: { ours: share(live.ours.busy), uPlot: share(live.uPlot.busy) },
    ratio: round(median(live.ours.busy) / median(live.uPlot.busy)),
    tasksAbove50Ms: { ours: live.ours.longTasks.length, uPlot: live.uPlot.longTasks.length },
    longestTaskMs: {
      ours: round(Math.max(0, ...live.ours.longTasks)),
      uPlot: round(Math.max(0, ...live.uPlot.longTasks)),
    },
  },
  flame: { frames: FRAMES, firstPaintMs: flame.map(round), medianMs: round(median(flame)) },
  overview: {
    lcpMs: round(median(vitals.map(({ lcpMs }) => lcpMs))),
    cls: round(median(vitals.map(({ cls }) => cls))),
  },
  gzipBytes: bytes,
};
console.log(JSON.stringify(result, null, 2));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
process.exit(0);

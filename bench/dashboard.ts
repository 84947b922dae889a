// node bench/dashboard.ts [--json FILE] [--seconds 8] [--rounds 3] [--only live|flame|pages]
// `--only` measures one part; with --json it replaces that part in the file and leaves the others.
// What the dashboard costs a browser, in real Chromium. Live: 20 charts of 600 points at 1 Hz with title and latest value,
// ours and uPlot's in turns on one page. What the kernel says the page's main thread computed: the browser's own counter
// (also given) leaves out what a canvas rasters after the task that drew on it. Tasks above 50 ms by the browser's own
// observer. Flame graph of 50,000 frames: text of the answer to the frame after the drawing. Every page: LCP, CLS, INP.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { startDashboardServer } from '../packages/dashboard/test/e2e/world.ts';
import { launchBrowser } from '../packages/testing/src/browser.ts';
import { until } from '../packages/testing/src/until.ts';
import { openRoom } from './dashboard-room.ts';
import { measureVitals } from './dashboard-vitals.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const SECONDS = Number(values.seconds);
const ROUNDS = Number(values.rounds);
const PARTS = ['live', 'flame', 'pages'] as const;
if (values.only !== undefined && !PARTS.some((part) => part === values.only))
  throw new Error(`--only takes ${PARTS.join(', ')}.`);
const isWanted = (part: (typeof PARTS)[number]): boolean => values.only === undefined || values.only === part;
const SETTLE_MS = 4_000;
const FRAMES = 50_000;
const FLAMES = 10;
const LONG_TASKS = `(() => {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
})()`;
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const round = (value: number): number => Number(value.toPrecision(3));

const browser = await launchBrowser();
const result: Record<string, unknown> = {
  // With --only the parts that were measured before stay as they are.
  ...(values.only !== undefined && values.json !== undefined && existsSync(values.json)
    ? (JSON.parse(readFileSync(values.json, 'utf8')) as Record<string, unknown>)
    : {}),
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, load: loadavg().map(round) },
  command: `node bench/dashboard.ts --seconds ${SECONDS} --rounds ${ROUNDS}`,
};

async function openBench(): Promise<Page> {
  const page = await browser.newPage({ locale: 'en-US', viewport: { width: 1440, height: 2_600 } });
  page.on('pageerror', ({ message }) => console.error(message));
  await page.goto(room.address);
  await page.waitForFunction('globalThis.bench !== undefined');
  return page;
}

interface Turns {
  readonly thread: number[];
  readonly task: number[];
  readonly long: number[];
}

async function measureLive(page: Page): Promise<object> {
  await page.evaluate(LONG_TASKS);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const taskMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  /** Nanoseconds on a processor come first in the kernel's line; the main thread has the number of its process. */
  const threadMs = (): number =>
    renderers.reduce(
      (sum, id) => sum + Number(readFileSync(`/proc/${id}/task/${id}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
      0,
    );
  const live: Record<'ours' | 'uPlot', Turns> = {
    ours: { thread: [], task: [], long: [] },
    uPlot: { thread: [], task: [], long: [] },
  };
  for (let turn = 0; turn < ROUNDS; turn += 1)
    for (const contender of turn % 2 === 0 ? (['ours', 'uPlot'] as const) : (['uPlot', 'ours'] as const)) {
      await page.evaluate(`bench.start('${contender}')`);
      // Who does not draw cannot win.
      const lines = page.locator(contender === 'ours' ? '.moving .lane' : '.uplot canvas');
      await until(async () => (await lines.count()) === 20, { timeoutMs: 60_000, what: `20 charts of ${contender}` });
      await page.waitForTimeout(SETTLE_MS);
      const before = { thread: threadMs(), task: await taskMs() };
      await page.evaluate('longTasks.length = 0');
      await page.waitForTimeout(SECONDS * 1_000);
      live[contender].thread.push((threadMs() - before.thread) / SECONDS);
      live[contender].task.push(((await taskMs()) - before.task) / SECONDS);
      live[contender].long.push(...(await page.evaluate<number[]>('longTasks')));
      await page.evaluate('bench.stop()');
    }
  return {
    charts: 20,
    points: 600,
    mainThreadMsPerSecond: { ours: round(median(live.ours.thread)), uPlot: round(median(live.uPlot.thread)) },
    ratio: round(median(live.ours.thread) / median(live.uPlot.thread)),
    browsersOwnCounterMsPerSecond: { ours: round(median(live.ours.task)), uPlot: round(median(live.uPlot.task)) },
    tasksAbove50Ms: { ours: live.ours.long.length, uPlot: live.uPlot.long.length },
    longestTaskMs: { ours: round(Math.max(0, ...live.ours.long)), uPlot: round(Math.max(0, ...live.uPlot.long)) },
  };
}

async function measureFlame(page: Page): Promise<object> {
  const flame: number[] = [];
  for (let turn = 0; turn < FLAMES; turn += 1) {
    // Cold, as somebody who opens the page has it.
    if (turn > 0) await page.reload();
    await page.waitForFunction('globalThis.bench !== undefined');
    flame.push(await page.evaluate<number>(`bench.flame(${FRAMES})`));
  }
  return {
    frames: FRAMES,
    firstPaintMs: flame.map(round),
    medianMs: round(median(flame)),
    longestMs: round(Math.max(...flame)),
  };
}

const room = await openRoom();
if (isWanted('live') || isWanted('flame')) {
  const page = await openBench();
  if (isWanted('live')) result['live'] = await measureLive(page);
  if (isWanted('flame')) {
    await page.reload();
    result['flame'] = await measureFlame(page);
  }
  await page.close();
}
room.close();
if (isWanted('pages')) {
  const server = await startDashboardServer();
  const vitals = await measureVitals(browser, server.address);
  await server.close();
  result['pages'] = vitals.map((each) => ({ ...each, lcpMs: round(each.lcpMs), cls: round(each.cls) }));
}
await browser.close();

const assets = resolve(import.meta.dirname, '../packages/dashboard/web/dist/assets');
result['gzipBytes'] = Object.fromEntries(
  readdirSync(assets)
    .filter((name) => /\.(?:js|css)$/.test(name))
    .map((name) => [name, gzipSync(readFileSync(join(assets, name))).length]),
);
console.log(JSON.stringify(result, null, 2));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
process.exit(0);

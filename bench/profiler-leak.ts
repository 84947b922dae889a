// npm run bench -- profiler-leak [--minutes 10] [--json FILE]
// A server keeps 350 bytes of each of its 50 requests a second: 1 MB a minute. When does the profiler say so, and does it
// name the right line and holder? Beside it runs the same server with a bound, which must not be accused.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, loadavg } from 'node:os';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { createProfiler } from '../packages/profiler/src/index.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, json: { type: 'string' }, variant: { type: 'string' } },
});
const THIS_FILE = fileURLToPath(import.meta.url);
const REQUESTS_PER_SECOND = 50;
const KEPT_WHEN_BOUNDED = 500;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Visit {
  readonly at: number;
  readonly path: string;
  readonly steps: readonly number[];
}

const visits = new Map<number, Visit>();
let visitCount = 0;

function remember(path: string): number {
  visitCount += 1;
  const steps = Array.from({ length: 24 }, (_, index) => visitCount + index + 0.5);
  visits.set(visitCount, { at: Date.now() + 0.5, path: `${path}/${visitCount}`, steps }); // <- here
  if (values.variant === 'bounded') visits.delete(visitCount - KEPT_WHEN_BOUNDED);
  return visits.size;
}

interface Outcome {
  readonly flaggedAfterMs: number | undefined;
  readonly location: string | undefined;
  readonly title: string | undefined;
  /** What the visits held, measured by letting go of them at the end. */
  readonly trueBytesPerMinute: number;
  readonly claimedBytesPerMinute: number;
  readonly requestCount: number;
  readonly askedCollectionCount: number;
  readonly askedCollectionMaxMs: number;
  /** A census of the heap at the end: the largest collection, and how long the loop stood still for it. */
  readonly census: { readonly pauseMs: number; readonly largest: object | undefined };
}

async function serve(): Promise<Outcome> {
  const profiler = createProfiler();
  profiler.start();
  const server = createServer((request, response) => response.end(String(remember(request.url ?? ''))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const load = new Worker(
    `const { port, perSecond } = require('node:worker_threads').workerData;
     const http = require('node:http');
     const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
     setInterval(() => {
       for (let count = 0; count < perSecond / 10; count++)
         http.get({ host: '127.0.0.1', port, path: '/visit', agent }, (answer) => answer.resume()).on('error', () => {});
     }, 100);`,
    // A listening server has an address with a port.
    { eval: true, workerData: { port: (server.address() as AddressInfo).port, perSecond: REQUESTS_PER_SECOND } },
  );
  await sleep(5_000);
  const begunAt = performance.now();
  const countBefore = visits.size;
  let flaggedAfterMs: number | undefined;
  let claim: ReturnType<typeof profiler.bottlenecks>[number] | undefined;
  while (performance.now() - begunAt < Number(values.minutes) * 60_000) {
    await sleep(5_000);
    const found = profiler.bottlenecks(15 * 60_000).find(({ rule }) => rule === 'memory-leak');
    if (found?.location !== undefined) flaggedAfterMs ??= performance.now() - begunAt;
    claim = found ?? claim;
  }
  const minutes = (performance.now() - begunAt) / 60_000;
  await load.terminate();
  const { askedCollectionCount, askedCollectionMaxMs } = profiler.memory();
  const { pauseMs, collections } = profiler.heapCensus() ?? { pauseMs: 0, collections: [] };
  const [largest] = collections;
  const heldBytes = process.memoryUsage().heapUsed;
  const keptCount = visits.size - countBefore;
  const keptShare = keptCount / visits.size;
  visits.clear();
  profiler.heapCensus();
  const grownBytes = (heldBytes - process.memoryUsage().heapUsed) * keptShare;
  return {
    flaggedAfterMs,
    location: claim?.location,
    title: claim?.title,
    trueBytesPerMinute: grownBytes / minutes,
    claimedBytesPerMinute: claim?.evidence['bytesPerMinute'] ?? 0,
    requestCount: visitCount,
    askedCollectionCount,
    askedCollectionMaxMs,
    census: { pauseMs, largest },
  };
}

async function run(variant: string): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    ['--no-warnings', THIS_FILE, '--variant', variant, '--minutes', values.minutes],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  // The child prints one outcome.
  return JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Outcome;
}

if (values.variant !== undefined) {
  process.stdout.write(`${JSON.stringify(await serve())}\n`);
  process.exit();
}
const loadBefore = loadavg()[0];
const [leaking, bounded] = await Promise.all([run('leaking'), run('bounded')]);
const result = {
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, loadBefore, loadAfter: loadavg()[0] },
  command: `npm run bench -- profiler-leak --minutes ${values.minutes}`,
  leaking,
  bounded,
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);

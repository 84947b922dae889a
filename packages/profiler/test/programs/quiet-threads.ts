// A worker thread that is profiled for the main thread's profiler, which is switched off at run time and on again.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { createProfiler, toReport } from '@dataguardian/profiler';

function spinLoudly(): void {
  const until = performance.now() + 400;
  while (performance.now() < until) Math.sqrt(until);
}

function spinQuietly(): void {
  const until = performance.now() + 400;
  while (performance.now() < until) Math.sqrt(until);
}

if (isMainThread) {
  // The report of this profiler, not of the one that --import made, is what the test reads.
  const profiler = createProfiler();
  profiler.start();
  const worker = new Worker(new URL(import.meta.url), {
    execArgv: ['--no-warnings', '--import', import.meta.resolve('@dataguardian/profiler/thread')],
  });
  const ask = async (what: string): Promise<void> => {
    const done = new Promise((resolve) => worker.once('message', resolve));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    worker.postMessage(what);
    await done;
  };
  await ask('loudly');
  while (!toReport(profiler).functions.some(({ name }) => name === 'spinLoudly')) await sleep(100);
  profiler.setSampling({ intervalMs: 0 });
  await sleep(300);
  // Once it answers, it has also heard what it was told before.
  await ask('nothing');
  await ask('quietly');
  await sleep(1_500);
  const report = toReport(profiler);
  await worker.terminate();
  const path = process.env['DATAGUARDIAN_PROFILE_REPORT'] ?? '';
  process.once('exit', () => writeFileSync(path, JSON.stringify(report)));
} else {
  parentPort?.on('message', (what: string) => {
    if (what === 'loudly') spinLoudly();
    else if (what === 'quietly') spinQuietly();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    parentPort?.postMessage(what);
  });
}

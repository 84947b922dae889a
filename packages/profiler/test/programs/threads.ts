// Half of the work happens in a worker thread; the profiler was loaded into both by --import.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, Worker } from 'node:worker_threads';

function spinInMain(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) Math.sqrt(until);
}

function spinInWorker(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) Math.sqrt(until);
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  for (let turn = 0; turn < 10; turn++) {
    spinInMain(20);
    await sleep(30);
  }
  await new Promise((resolve) => worker.once('exit', resolve));
  await sleep(100);
} else {
  for (let turn = 0; turn < 12; turn++) {
    spinInWorker(40);
    await sleep(20);
  }
}

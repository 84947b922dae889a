// A worker process does the work; both have the profiler.
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

function spinInChild(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) Math.sqrt(until);
}

if (process.send === undefined) {
  const child = fork(new URL(import.meta.url));
  await new Promise((resolve) => child.once('exit', resolve));
  await sleep(100);
} else {
  for (let turn = 0; turn < 30; turn++) {
    spinInChild(40);
    await sleep(20);
  }
  process.disconnect();
}

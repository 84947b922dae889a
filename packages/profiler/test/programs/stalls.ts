// Blocks the loop twenty times for 100 ms, at a place of its own, with quiet between.
import { setTimeout as sleep } from 'node:timers/promises';

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) Math.sqrt(until); // <- here
}

// The first second belongs to the program's start.
await sleep(300);
for (let count = 0; count < 20; count++) {
  block(100);
  await sleep(130 + ((count * 37) % 60));
}
await sleep(700);

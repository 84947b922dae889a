// Blocks the loop twenty times for 100 ms, at a place of its own, with quiet between.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) Math.sqrt(until); // <- here
}

const blocks: { readonly from: number; readonly to: number }[] = [];
// The first second belongs to the program's start.
await sleep(300);
for (let count = 0; count < 20; count++) {
  const from = Date.now();
  block(100);
  blocks.push({ from, to: Date.now() });
  await sleep(130 + ((count * 37) % 60));
}
await sleep(700);
writeFileSync(process.env['BLOCKS_FILE'] ?? '', JSON.stringify(blocks));

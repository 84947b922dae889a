// Blocks the loop twenty times, computing for 100 ms, at a place of its own, with quiet between.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where others wait for the processor, the clock alone would call their turns a block of this program. */
function computedMs(): number {
  const { user, system } = typeof process.threadCpuUsage === 'function' ? process.threadCpuUsage() : process.cpuUsage();
  return (user + system) / 1_000;
}

function block(milliseconds: number): void {
  for (const end = computedMs() + milliseconds; computedMs() < end;)
    for (const until = performance.now() + 2; performance.now() < until;) Math.sqrt(until); // <- here
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

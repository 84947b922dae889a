// The profiler in any program: times functions and finds what blocks the event loop. Run: node examples/profiler.ts
import { pbkdf2Sync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createProfiler } from '@dataguardian/profiler';

const profiler = createProfiler();
profiler.start();

for (let round = 0; round < 5; round++) {
  profiler.time('derive a key', () => pbkdf2Sync('password', 'salt', 200_000, 32, 'sha256'));
  await pause(50);
}
profiler.flush();

const [derived] = profiler.snapshot().functions;
console.log(`${derived?.name}: ${derived?.count} calls, mean ${derived?.meanMs.toFixed(0)} ms`);
profiler.stop();

import { createFaultProxy, createSeededRandom, type FaultProxy, until } from '@dataguardian/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type HistoryProcess, startHistoryProcess } from './history.ts';
import { redisWorld, type RedisWorld } from './worlds.ts';

/** Races of a load with a change of its source. Soak: CACHE_HISTORY_TRIALS=10000. */
const TRIALS = Number(process.env['CACHE_HISTORY_TRIALS'] ?? 400);
const KEYS_PER_ROUND = 200;
const PROCESS_COUNT = 3;

/** Long enough that only a server that hangs is late; and, for that case, shorter than it hangs. */
const PATIENT_MS = 2_000;
const IMPATIENT_MS = 100;

let world: RedisWorld;
let proxies: FaultProxy[];
let processes: HistoryProcess[];
async function start(commandTimeoutMs: number): Promise<void> {
  world = await redisWorld();
  proxies = await Promise.all(
    Array.from({ length: PROCESS_COUNT }, () => createFaultProxy({ port: world.redis.port })),
  );
  processes = await Promise.all(
    proxies.map(({ port }) =>
      startHistoryProcess({
        cache: `redis://127.0.0.1:${port}`,
        source: world.redis.url,
        prefix: world.prefix,
        commandTimeoutMs,
      }),
    ),
  );
}
afterEach(async () => {
  await Promise.all(processes.map((one) => one.close()));
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await world.close();
});

async function runRounds(disturbance: (round: number) => Promise<void>): Promise<string[]> {
  const kept: string[] = [];
  for (let round = 0; round * KEYS_PER_ROUND < TRIALS; round++) {
    const keys = Array.from({ length: KEYS_PER_ROUND }, (_, index) => `key ${round}.${index}`);
    const racing = Promise.all(
      processes.map((one, index) => one.ask({ kind: 'disturb', keys, seed: round * PROCESS_COUNT + index })),
    );
    await disturbance(round);
    await racing;
    const check = async (): Promise<boolean> => {
      const answers = await Promise.all(processes.map((one) => one.ask({ kind: 'check', keys })));
      const isSettled = answers.every(({ old, status }) => old.length === 0 && status === 'up');
      lastOld = answers.flatMap(({ old }) => old);
      return isSettled;
    };
    let lastOld: string[] = [];
    // A value that a late load put back stays for its ttl of an hour; announcements need milliseconds, and a
    // process whose connection broke trusts its memory for one lease of ten seconds at most.
    await until(check, { timeoutMs: 60_000 }).catch(() => kept.push(...lastOld));
  }
  return kept;
}

describe('a load that a change of its source overtakes', () => {
  it('never leaves its old value behind, in any process', { timeout: 300_000 }, async () => {
    await start(PATIENT_MS);
    expect(await runRounds(async () => undefined)).toEqual([]);
  });

  it('never leaves its old value behind while connections break at random', { timeout: 300_000 }, async () => {
    await start(PATIENT_MS);
    const random = createSeededRandom(11);
    const breakSome = async (): Promise<void> => {
      for (let time = 0; time < 3; time++) {
        await new Promise((resolve) => setTimeout(resolve, random.integer(1, 8)));
        random.pick(proxies).cut();
      }
    };
    expect(await runRounds(breakSome)).toEqual([]);
  });

  it('never leaves its old value behind while Redis hangs at random', { timeout: 300_000 }, async () => {
    await start(IMPATIENT_MS);
    const random = createSeededRandom(13);
    const hang = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, random.integer(1, 8)));
      world.redis.freeze();
      await new Promise((resolve) => setTimeout(resolve, random.integer(IMPATIENT_MS, IMPATIENT_MS * 5)));
      world.redis.thaw();
    };
    expect(await runRounds(hang)).toEqual([]);
  });
});

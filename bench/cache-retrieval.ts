// One read by several ways, each answering alike: how long one caller waits, and how many answers 64 callers get.
import { interleave, type Measured, quantile, round } from './cache-measure.ts';

/** A read by some ways, by their names; `key` says what is read, from 0 on. */
export type Ways = Readonly<Record<string, (key: number) => Promise<unknown>>>;

/** How much is measured. */
export interface RetrievalSize {
  readonly rounds: number;
  /** How long each way is measured in each round. */
  readonly roundMs: number;
  /** How many different keys are asked for, one after the other. */
  readonly keyCount: number;
}

const CALLERS = 64;
/** A read from memory takes about as long as looking at the clock: it is repeated that often, whatever its time. */
const MEMORY_REPEATS = 20_000;
const MAX_REPEATS = 2_000;
const MIN_REPEATS = 10;

/** Asks every way for every key, which also fills the caches. @throws when two of them answer differently. */
export async function checkAlike(name: string, ways: Ways, keyCount: number): Promise<void> {
  for (let key = 0; key < keyCount; key++) {
    const answers = await Promise.all(Object.values(ways).map((way) => way(key)));
    if (new Set(answers.map((answer) => JSON.stringify(answer))).size !== 1) throw new Error(`${name}: answers differ`);
  }
}

/** The time of one call in microseconds, one caller, by way; `memory` is the name of a way that is very quick. */
export async function measureOneCaller(ways: Ways, size: RetrievalSize): Promise<Record<string, Measured>> {
  const repeatsOf = new Map<string, number>();
  const median = async (way: (key: number) => Promise<unknown>, repeats: number): Promise<number> => {
    const times: number[] = [];
    for (let key = 0; key < repeats; key++) {
      const startedAt = performance.now();
      await way(key % size.keyCount);
      times.push((performance.now() - startedAt) * 1_000);
    }
    return quantile(times, 0.5);
  };
  for (const [name, way] of Object.entries(ways)) {
    const microseconds = await median(way, MIN_REPEATS);
    const repeats = Math.round((size.roundMs * 1_000) / microseconds);
    repeatsOf.set(name, name === 'memory' ? MEMORY_REPEATS : Math.min(MAX_REPEATS, Math.max(MIN_REPEATS, repeats)));
  }
  return interleave(
    size.rounds,
    Object.fromEntries(
      Object.entries(ways).map(([name, way]) => [name, () => median(way, repeatsOf.get(name) ?? MIN_REPEATS)]),
    ),
  );
}

/** Answers a second that 64 callers get, by way. With more keys than callers hardly any two ask for the same at once. */
export async function measureManyCallers(ways: Ways, size: RetrievalSize): Promise<Record<string, Measured>> {
  const rate = async (way: (key: number) => Promise<unknown>): Promise<number> => {
    let asked = 0;
    const startedAt = performance.now();
    const until = startedAt + size.roundMs;
    const caller = async (): Promise<void> => {
      while (performance.now() < until) await way(asked++ % size.keyCount);
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    return (asked / (performance.now() - startedAt)) * 1_000;
  };
  return interleave(
    size.rounds,
    Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, () => rate(way)])),
  );
}

/** How often quicker one way is than another, both by the time of a call. */
export function timesFaster(times: Readonly<Record<string, Measured>>, way: string, other: string): number {
  return round((times[other]?.median ?? Number.NaN) / (times[way]?.median ?? Number.NaN));
}

/** How many more answers one way gives than another. */
export function timesMore(rates: Readonly<Record<string, Measured>>, way: string, other: string): number {
  return round((rates[way]?.median ?? Number.NaN) / (rates[other]?.median ?? Number.NaN));
}

/** What ratios come to on the whole: one that is half as large weighs as much as one that is twice as large. */
export function toGeometricMean(ratios: readonly number[]): number {
  return round(Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length));
}

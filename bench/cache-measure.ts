import { medianRange } from './median-range.ts';

/** A number measured several times. */
export interface Measured {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Median and range of some runs. */
export function summarise(values: readonly number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (ratio: number): number => sorted[Math.round(ratio * (sorted.length - 1))] ?? 0;
  return { median: round(at(0.5)), low: round(at(0)), high: round(at(1)) };
}

/** The value at `ratio` of the sorted values. */
export function quantile(values: readonly number[], ratio: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(ratio * sorted.length))] ?? 0);
}

export function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** Runs each task in turn, `rounds` times over, so that all of them meet the same weather. */
export async function interleave(
  rounds: number,
  tasks: Readonly<Record<string, () => Promise<number>>>,
): Promise<Record<string, Measured>> {
  const results = new Map<string, number[]>(Object.keys(tasks).map((name) => [name, []]));
  for (let pass = 0; pass < rounds; pass++) {
    for (const [name, task] of Object.entries(tasks)) results.get(name)?.push(await task());
  }
  return Object.fromEntries([...results].map(([name, values]) => [name, summarise(values)]));
}

/** Operations a second of `count` calls spread over `callers` that each wait for their own. */
export async function measureRate(count: number, callers: number, call: (index: number) => unknown): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  const caller = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (count / (performance.now() - startedAt)) * 1_000;
}

/** Rates, and beside them the processor time of one call: on a busy machine only the latter can be compared. */
export async function interleaveRates(
  rounds: number,
  tasks: Readonly<Record<string, () => Promise<number>>>,
): Promise<{
  readonly rates: Readonly<Record<string, Measured>>;
  readonly processorMicroseconds: Readonly<Record<string, Measured>>;
}> {
  const times = new Map<string, number[]>(Object.keys(tasks).map((name) => [name, []]));
  const timed = Object.entries(tasks).map(([name, task]) => {
    const measure = async (): Promise<number> => {
      const startedAt = performance.now();
      const before = process.cpuUsage();
      const rate = await task();
      const { user, system } = process.cpuUsage(before);
      const calls = (rate * (performance.now() - startedAt)) / 1_000;
      times.get(name)?.push((user + system) / calls);
      return rate;
    };
    return [name, measure] as const;
  });
  const rates = await interleave(rounds, Object.fromEntries(timed));
  const processorMicroseconds = Object.fromEntries([...times].map(([name, values]) => [name, summarise(values)]));
  return { rates, processorMicroseconds };
}

/** What the calls of each task took, one number a pass, by its name. */
export type Spent = ReadonlyMap<string, readonly number[]>;

/** Passes that are not measured: what a process that serves has long had compiled. */
const WARM_UP_PASSES = 2;

/** Runs each task in turn, often enough that a difference of some percent shows; microseconds of one of `perCall` parts. */
export async function interleavePairs(
  run: { readonly passes: number; readonly count: number; readonly callers: number; readonly perCall: number },
  tasks: Readonly<Record<string, (index: number) => unknown>>,
): Promise<{ readonly clock: Spent; readonly processor: Spent }> {
  const clock = new Map<string, number[]>(Object.keys(tasks).map((name) => [name, []]));
  const processor = new Map<string, number[]>(Object.keys(tasks).map((name) => [name, []]));
  const parts = run.count * run.perCall;
  for (let pass = -WARM_UP_PASSES; pass < run.passes; pass++) {
    for (const [name, task] of Object.entries(tasks)) {
      const before = process.cpuUsage();
      const rate = await measureRate(run.count, run.callers, task);
      const { user, system } = process.cpuUsage(before);
      if (pass < 0) continue;
      processor.get(name)?.push((user + system) / parts);
      clock.get(name)?.push(1_000_000 / (rate * run.perCall));
    }
  }
  return { clock, processor };
}

/** How many times faster one task is than another, pass by pass: the median, and where it lies with 95% certainty. */
export function comparePairs(spent: Spent, one: string, other: string): unknown {
  const others = spent.get(other) ?? [];
  const ratios = (spent.get(one) ?? []).map((value, pass) => (others[pass] ?? Number.NaN) / value);
  return { median: summarise(ratios).median, 'lies between (95%)': medianRange(ratios).map(round) };
}

/** Median and range of each task. */
export function summariseSpent(spent: Spent): Readonly<Record<string, Measured>> {
  return Object.fromEntries([...spent].map(([name, values]) => [name, summarise(values)]));
}

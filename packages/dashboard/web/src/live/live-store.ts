import type { SeriesAnswer } from '../../../src/api/series.ts';
import type { Tick } from '../../../src/api/stream.ts';

/** The latest seconds, as columns by metric; a stretch that was missed shows as a gap. */
export interface LiveStore {
  setNames(names: readonly string[]): void;
  /** Takes ticks in any order; those it has already are left out. */
  add(ticks: readonly Tick[]): void;
  /** Takes what the history has of the time before the first tick. */
  seed(answer: SeriesAnswer): void;
  /** Times and values of one metric within the last `spanMs`. */
  column(
    metric: string,
    spanMs: number,
  ): { readonly at: readonly number[]; readonly values: readonly (number | null)[] };
  readonly lastAt: number;
}

const KEPT = 960;
/** Ticks come each second; more than this apart, one is missing. */
const GAP_MS = 2_500;
const HALF_A_SECOND_MS = 500;

export function createLiveStore(): LiveStore {
  let names: readonly string[] = [];
  let ticks: Tick[] = [];
  /** By metric, from before the first tick. */
  const past = new Map<string, readonly (readonly [at: number, value: number | null])[]>();
  return {
    seed({ from, stepMs, lines }) {
      for (const { metric, values } of lines)
        past.set(
          metric,
          values.map((value, index) => [from + (index + 1) * stepMs, value]),
        );
    },
    setNames(received) {
      // Another order would give old values new names.
      if (names.length > 0 && names.join() !== received.join()) ticks = [];
      names = received;
    },
    add(received) {
      const known = new Set(ticks.map(({ at }) => at));
      const fresh = received.filter(({ at }) => !known.has(at));
      if (fresh.length === 0) return;
      ticks = [...ticks, ...fresh].toSorted((a, b) => a.at - b.at).slice(-KEPT);
    },
    column(metric, spanMs) {
      const index = names.indexOf(metric);
      const since = (ticks.at(-1)?.at ?? 0) - spanMs;
      const at: number[] = [];
      const values: (number | null)[] = [];
      let former: number | undefined;
      const first = (ticks[0]?.at ?? 0) - HALF_A_SECOND_MS;
      for (const [time, value] of past.get(metric) ?? []) {
        if (time < since || time >= first) continue;
        at.push(time);
        values.push(value);
        former = time;
      }
      for (const tick of ticks) {
        if (tick.at < since) continue;
        if (former !== undefined && tick.at - former > GAP_MS) {
          at.push(former + 1_000);
          values.push(null);
        }
        at.push(tick.at);
        values.push(tick.values[index] ?? null);
        former = tick.at;
      }
      return { at, values };
    },
    get lastAt() {
      return ticks.at(-1)?.at ?? 0;
    },
  };
}

import type { ServedState, StatementStatistics } from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';

/** Which statements have become costly. */
export interface CostlyStatements {
  /** Fingerprints of those that were costly over the stretch since the last time they were counted. */
  since(): ReadonlySet<string>;
  /** Counts what has reached the server by now; {@link since} does so too. */
  count(): void;
  /**
   * Where the time right before now begins, for each statement: the latest count that is ten seconds old and has thirty
   * executions after it. A longer stretch would mix the time before a fault with the fault.
   */
  earlier(): ReadonlyMap<string, ServedState>;
}

/** What costly is. */
export interface CostlyBounds {
  /** Mean time of one execution, at least. */
  readonly meanMs: number;
  /** Executions, at least. */
  readonly count: number;
}

const BEFORE_MS = 10_000;
const BEFORE_COUNT = 30;
const KEPT_MS = 2 * 60_000;

/**
 * Compares counters with those of a while ago: a statement that was fast a million times and is slow since a minute has a
 * good mean over all, and a bad one of late.
 */
export function createCostlyStatements(
  statements: Pick<StatementStatistics, 'served'>,
  { meanMs, count: fewest }: CostlyBounds,
  clock: Clock,
): CostlyStatements {
  const marks = new Map<string, { readonly count: number; readonly sumMs: number }>();
  const costly = new Set<string>();
  const counted: { readonly at: number; readonly served: ReadonlyMap<string, ServedState> }[] = [];
  const count = (): ReadonlyMap<string, ServedState> => {
    const served = statements.served();
    const former = counted.at(-1)?.served;
    // What nobody asked for meanwhile is kept once.
    const kept = [...served].map(([fingerprint, state]) => {
      const known = former?.get(fingerprint);
      return [fingerprint, known?.times.count === state.times.count ? known : state] as const;
    });
    counted.push({ at: clock.now(), served: new Map(kept) });
    while ((counted[0]?.at ?? 0) < clock.now() - KEPT_MS) counted.shift();
    return served;
  };
  return {
    count: () => void count(),
    earlier() {
      const settled = counted.filter(({ at }) => at <= clock.now() - BEFORE_MS);
      const begins = [...statements.served()].flatMap(([fingerprint, { times }]) => {
        const states = settled.flatMap(({ served }) => served.get(fingerprint) ?? []);
        const begin = states.findLast((state) => times.count - state.times.count >= BEFORE_COUNT) ?? states[0];
        return begin === undefined ? [] : [[fingerprint, begin] as const];
      });
      return new Map(begins);
    },
    since() {
      const served = count();
      for (const [fingerprint, { times }] of served) {
        const former = marks.get(fingerprint) ?? { count: 0, sumMs: 0 };
        // Counted anew since it was forgotten.
        const isContinued = former.count <= times.count;
        const newCount = times.count - (isContinued ? former.count : 0);
        if (newCount < fewest) continue;
        const newMs = times.sum - (isContinued ? former.sumMs : 0);
        marks.set(fingerprint, { count: times.count, sumMs: times.sum });
        if (newMs / newCount >= meanMs) costly.add(fingerprint);
        else costly.delete(fingerprint);
      }
      for (const fingerprint of marks.keys())
        if (!served.has(fingerprint)) {
          marks.delete(fingerprint);
          costly.delete(fingerprint);
        }
      return new Set(costly);
    },
  };
}

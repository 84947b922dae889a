import type { ServedState, StatementStatistics } from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';

/** Which statements have become costly. */
export interface CostlyStatements {
  /** Fingerprints of those that were costly over the stretch since the last time they were counted. */
  since(): ReadonlySet<string>;
  /** What had reached the server a minute before, as far as it was counted then. */
  earlier(): ReadonlyMap<string, ServedState> | undefined;
}

/** What costly is. */
export interface CostlyBounds {
  /** Mean time of one execution, at least. */
  readonly meanMs: number;
  /** Executions, at least. */
  readonly count: number;
}

const BEFORE_MS = 60_000;
/** Counted every twenty seconds: two minutes. */
const COUNTED = 6;

/**
 * Compares counters with those of a while ago: a statement that was fast a million times and is slow since a minute has a
 * good mean over all, and a bad one of late.
 */
export function createCostlyStatements(
  statements: Pick<StatementStatistics, 'served'>,
  { meanMs, count }: CostlyBounds,
  clock: Clock,
): CostlyStatements {
  const marks = new Map<string, { readonly count: number; readonly sumMs: number }>();
  const costly = new Set<string>();
  const counted: { readonly at: number; readonly served: ReadonlyMap<string, ServedState> }[] = [];
  return {
    earlier: () => counted.findLast(({ at }) => at <= clock.now() - BEFORE_MS)?.served ?? counted[0]?.served,
    since() {
      const served = statements.served();
      counted.push({ at: clock.now(), served });
      if (counted.length > COUNTED) counted.shift();
      for (const [fingerprint, { times }] of served) {
        const former = marks.get(fingerprint) ?? { count: 0, sumMs: 0 };
        // Counted anew since it was forgotten.
        const isContinued = former.count <= times.count;
        const newCount = times.count - (isContinued ? former.count : 0);
        if (newCount < count) continue;
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

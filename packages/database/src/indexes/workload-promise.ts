import type { IndexRecommendation, WorkloadPromise } from './recommendation.ts';
import type { WorkloadStatement } from './workload.ts';

/**
 * What all recommendations together bring to the whole workload: the statements that none of them touches included, and
 * what new indexes add to writes. What none touches takes as long as its fastest tenth did once the others leave the
 * processor and its caches alone.
 * @param addedWriteMs Over the period that was looked at.
 */
export function toWorkloadPromise(
  statements: readonly WorkloadStatement[],
  recommendations: readonly IndexRecommendation[],
  addedWriteMs: number,
): WorkloadPromise {
  const first = new Map<string, number>();
  let savedMs = -addedWriteMs;
  for (const { kind, proof } of recommendations) {
    if (kind === 'drop') continue;
    for (const { fingerprint, count, before, after } of proof.affected) {
      savedMs += count * (before.medianMs - after.medianMs);
      if (!first.has(fingerprint)) first.set(fingerprint, before.medianMs);
    }
  }
  // Looks into other tables happen within deletes, and their time with them.
  const own = statements.filter(({ medianMs }) => medianMs > 0);
  const count = own.reduce((sum, one) => sum + one.count, 0);
  const sum = (msOf: (one: WorkloadStatement) => number): number =>
    own.reduce((total, one) => total + one.count * msOf(one), 0);
  const beforeMs = sum((one) => first.get(one.fingerprint) ?? one.medianMs) / Math.max(1, count);
  const restMs = sum((one) => first.get(one.fingerprint) ?? one.p10Ms);
  const afterMs = Math.max(0, restMs - savedMs) / Math.max(1, count);
  return { beforeMs, afterMs, gain: afterMs === 0 ? 1 : beforeMs / afterMs };
}

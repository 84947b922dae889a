import type { Snapshot } from '@dataguardian/profiler';
import type { Proof } from './recommendation.ts';

/**
 * A proof that says nothing of the 95th percentile gets a figure for it: its mean saving, in proportion to how much slower
 * the 95th percentile of the requests is than their mean, each route weighted by how often it is asked for.
 */
export function withP95Saving(proof: Proof, { routes }: Pick<Snapshot, 'routes'>): Proof {
  if (proof.savedP95SecondsPerDay !== undefined) return proof;
  const totalMs = routes.reduce((sum, route) => sum + route.totalMs, 0);
  const slowMs = routes.reduce((sum, { count, p95Ms }) => sum + count * p95Ms, 0);
  const tail = totalMs > 0 ? Math.max(1, slowMs / totalMs) : 1;
  return { ...proof, savedP95SecondsPerDay: proof.savedSecondsPerDay * tail };
}

/** What the list is ordered by; the mean where fewer than one call in twenty gains, but much. */
export function p95SavingOf({ savedP95SecondsPerDay = 0, savedSecondsPerDay }: Proof): number {
  return Math.max(savedP95SecondsPerDay, savedSecondsPerDay);
}

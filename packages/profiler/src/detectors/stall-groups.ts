import type { Stall } from '../sampling/stalls.ts';
import { toLocation } from '../sampling/frame.ts';

/** Stalls at one line. */
export interface StallGroup {
  readonly location: string;
  readonly functionName: string;
  readonly route: string;
  readonly count: number;
  readonly totalMs: number;
  readonly worstMs: number;
  /** The most requests that waited for one of them. */
  readonly waitingCount: number;
  readonly since: number;
}

/** Adds stalls up by their line; those without a place in the program are left out, and loading that nobody waited for. */
export function toStallGroups(stalls: readonly Stall[], matches: (stall: Stall) => boolean): readonly StallGroup[] {
  const groups = new Map<string, StallGroup>();
  for (const stall of stalls) {
    if (stall.place === undefined || isOnlyLoading(stall) || !matches(stall)) continue;
    const location = toLocation(stall.place.file, stall.place.line);
    const group = groups.get(location);
    groups.set(location, {
      location,
      functionName: stall.place.functionName,
      route: group?.route || (stall.labels.route ?? ''),
      count: (group?.count ?? 0) + 1,
      totalMs: (group?.totalMs ?? 0) + stall.durationMs,
      worstMs: Math.max(group?.worstMs ?? 0, stall.durationMs),
      waitingCount: Math.max(group?.waitingCount ?? 0, stall.waitingCount),
      since: Math.min(group?.since ?? stall.at, stall.at),
    });
  }
  return [...groups.values()].toSorted((a, b) => b.totalMs - a.totalMs);
}

function isOnlyLoading({ cause, isLoading, waitingCount }: Stall): boolean {
  return cause === 'loading' || (isLoading && waitingCount === 0);
}

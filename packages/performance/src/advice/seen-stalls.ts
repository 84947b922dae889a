import type { Profiler } from '@dataguardian/profiler';
import type { SeenStall } from './stall-advice.ts';

/**
 * What stopped the loop in the last `spanMs`: blocks that the heartbeat noticed, and synchronous calls too short for it
 * that were timed one by one.
 */
export function seenStalls(profiler: Pick<Profiler, 'stalls' | 'syncCalls'>, spanMs: number): readonly SeenStall[] {
  const noticed = profiler.stalls(spanMs);
  const timed = profiler
    .syncCalls(spanMs)
    .filter(({ at, durationMs }) => !noticed.some((stall) => overlap(stall, { at, durationMs })))
    .map(({ at, durationMs, kind, site }): SeenStall => {
      const [, file = site, line = '0'] = /^(.*):(\d+)$/.exec(site) ?? [];
      return { at, durationMs, cause: `sync-${kind}`, place: { functionName: '', file, line: Number(line) } };
    });
  return [...noticed, ...timed];
}

type Stretch = Pick<SeenStall, 'at' | 'durationMs'>;

function overlap(one: Stretch, other: Stretch): boolean {
  return one.at - one.durationMs < other.at && other.at - other.durationMs < one.at;
}

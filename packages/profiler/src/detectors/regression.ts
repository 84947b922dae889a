import type { Detector } from '../bottlenecks.ts';
import type { RouteSeries } from '../evidence/route-series.ts';
import { findChangePoint, median } from './change-point.ts';

/** Medians of blocks: neighbouring requests wait for the same things and are not independent. */
const MOST_BLOCKS = 60;
const FEWEST_BLOCKS = 12;
const SMALLEST_BLOCK = 5;
/** One false alarm in ten thousand routes and releases. */
const MOST_CHANCE = 1e-4;
const LEAST_SHIFT_RATIO = 0.05;
const LEAST_SHIFT_MS = 1;
/** The change must lie within this share of the series around the release. */
const NEAR = 0.15;

/**
 * Rule: the durations of a route changed their level once (Pettitt's test on medians of blocks, chance below 1 in
 * 10,000), upwards by 5% and 1 ms or more, near the moment at which a release was announced.
 */
export const regression: Detector = {
  rule: 'regression',
  detect: ({ series, releases }) =>
    releases.flatMap((release) =>
      series.flatMap(({ route, at, durationsMs }) => {
        const blocks = toBlocks({ route, at, durationsMs });
        if (blocks.length < FEWEST_BLOCKS) return [];
        const change = findChangePoint(blocks.map(({ medianMs }) => medianMs));
        if (change === undefined || change.chance > MOST_CHANCE) return [];
        const { before, after, chance, index } = change;
        if (after - before < Math.max(LEAST_SHIFT_MS, before * LEAST_SHIFT_RATIO)) return [];
        const releasedIndex = blocks.findIndex(({ at: endedAt }) => endedAt >= release.at);
        if (releasedIndex <= 0 || Math.abs(index - releasedIndex) > Math.max(1, blocks.length * NEAR)) return [];
        return [
          {
            rule: 'regression' as const,
            subject: route,
            severity: after >= before * 2 ? ('high' as const) : ('medium' as const),
            title: `${route} takes ${Math.round((after / before - 1) * 100)}% longer since release ${release.name}`,
            evidence: { beforeMs: before, afterMs: after, chance, requestCount: durationsMs.length },
            location: undefined,
            share: (after - before) / after,
            since: release.at,
          },
        ];
      }),
    ),
};

function toBlocks({ at, durationsMs }: RouteSeries): readonly { readonly at: number; readonly medianMs: number }[] {
  const size = Math.max(SMALLEST_BLOCK, Math.ceil(durationsMs.length / MOST_BLOCKS));
  const blocks = [];
  for (let from = 0; from + size <= durationsMs.length; from += size)
    blocks.push({ at: at[from + size - 1] ?? 0, medianMs: median(durationsMs.slice(from, from + size)) });
  return blocks;
}

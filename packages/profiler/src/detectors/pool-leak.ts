import type { Detector } from '../bottlenecks.ts';

/** Rule: the pool says that a connection is held beyond its leak threshold; its stack names who took it. */
export const poolLeak: Detector = {
  rule: 'pool-leak',
  detect({ poolLeaks, siteOf }) {
    const groups = Map.groupBy(poolLeaks, ({ value }) => siteOf(value.stack) ?? value.lastStatement);
    return [...groups].map(([place, leaks]) => {
      const longestMs = Math.max(...leaks.map(({ value }) => value.heldMs));
      return {
        rule: 'pool-leak',
        subject: leaks[0]?.value.lastStatement ?? '',
        severity: 'high',
        title: `A connection taken here was not given back for ${Math.round(longestMs / 1_000)} s`,
        evidence: { leakCount: leaks.length, longestMs },
        location: /:\d+$/.test(place) ? place : undefined,
        share: 0,
        since: leaks[0]?.at ?? 0,
      };
    });
  },
};

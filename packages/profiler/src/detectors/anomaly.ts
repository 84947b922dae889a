import type { Detector } from '../bottlenecks.ts';

/**
 * Rule: three minutes in a row a metric is half as much again as, and five deviations above, the median of the same
 * hour on at least three other days (`evidence/baseline.ts`). A symptom: it says that today differs, not why.
 */
export const anomaly: Detector = {
  rule: 'anomaly',
  detect: ({ deviations, at }) =>
    deviations.map(({ metric, value, usual, spread, dayCount }) => ({
      rule: 'anomaly',
      subject: metric,
      severity: usual > 0 && value >= usual * 3 ? 'high' : 'medium',
      title: `${metric} is ${format(value)}; at this hour it is usually ${format(usual)}`,
      evidence: { value, usual, spread, dayCount },
      location: undefined,
      share: 0,
      since: at - 3 * 60_000,
    })),
};

function format(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(2);
}

import type { AlertRule, Severity } from '../api/alerts.ts';
import type { Signal } from '../api/overview.ts';
import type { SeriesAnswer } from '../api/series.ts';

/** The golden signals and the metric behind each. */
export const SIGNAL_METRICS: Readonly<Record<Signal['id'], string>> = {
  latency: 'requests.p95',
  errors: 'requests.errorRatio',
  traffic: 'requests.rate',
  scans: 'scans.bytes',
  cache: 'cache.hitRatio',
  pool: 'pool.busy',
  sessions: 'sessions.started',
  cpu: 'runtime.cpu',
  memory: 'runtime.rss',
  loop: 'runtime.loopDelayP99',
};

const RECENT_POINTS = 6;

/** Judges ten minutes in steps of ten seconds by the limits of the alert rules. */
export function toSignals(series: SeriesAnswer, rules: readonly AlertRule[]): readonly Signal[] {
  return Object.entries(SIGNAL_METRICS).flatMap(([id, metric]): Signal[] => {
    const line = series.lines.find((candidate) => candidate.metric === metric);
    if (line === undefined) return [];
    const sparkline = line.values.slice(-60);
    const value = meanOf(sparkline.slice(-RECENT_POINTS));
    const rule = (severity: Severity): AlertRule | undefined =>
      rules.find(
        (one) => one.metric === metric && one.kind === 'threshold' && one.enabled && one.severity === severity,
      );
    const [warning, critical] = [rule('warning'), rule('critical')];
    return [
      {
        // Object.entries forgets the type of its keys.
        id: id as Signal['id'],
        metric,
        value,
        before: meanOf(sparkline.slice(0, -RECENT_POINTS)),
        status:
          value === null
            ? 'unknown'
            : isBeyond(critical, value)
              ? 'critical'
              : isBeyond(warning, value)
                ? 'warning'
                : 'good',
        limits: { warning: warning?.threshold ?? null, critical: critical?.threshold ?? null },
        sparkline,
      },
    ];
  });
}

function isBeyond(rule: AlertRule | undefined, value: number): boolean {
  if (rule === undefined) return false;
  return rule.comparison === 'above' ? value > rule.threshold : value < rule.threshold;
}

function meanOf(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

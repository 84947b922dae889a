import type { AlertRule } from '../api/alerts.ts';
import { parseRule } from './rule.ts';

const SECOND_MS = 1_000;
const MIB = 1_048_576;

type DefaultRule = Partial<AlertRule> & Pick<AlertRule, 'id' | 'name' | 'metric' | 'severity'>;

/**
 * Rules that every installation starts with; tuned to stay silent while a healthy server is under load (a test runs
 * them over one).
 */
const SHIPPED: readonly DefaultRule[] = [
  {
    id: 'component-down',
    name: 'A part of the platform is down',
    metric: 'components.down',
    severity: 'critical',
    threshold: 0,
    forMs: 10 * SECOND_MS,
  },
  {
    id: 'component-degraded',
    name: 'A part of the platform runs on its fallback',
    metric: 'components.degraded',
    severity: 'warning',
    threshold: 0,
    forMs: 120 * SECOND_MS,
  },
  {
    id: 'errors',
    name: 'Failed requests above 1%',
    metric: 'requests.errorRatio',
    severity: 'critical',
    threshold: 0.01,
    recovery: 0.005,
    forMs: 30 * SECOND_MS,
    noData: 'ok',
  },
  {
    id: 'slow-requests',
    name: 'p95 of requests above 1 s',
    metric: 'requests.p95',
    severity: 'warning',
    threshold: 1_000,
    recovery: 500,
    forMs: 30 * SECOND_MS,
    noData: 'ok',
  },
  {
    id: 'slower-than-usual',
    name: 'Requests take three times as long as in the hour before',
    metric: 'requests.p95',
    kind: 'baseline',
    severity: 'info',
    threshold: 3,
    recovery: 1.5,
    forMs: 180 * SECOND_MS,
    noData: 'ok',
  },
  {
    id: 'failed-queries',
    name: 'Failed statements above 5%',
    metric: 'queries.failedRatio',
    severity: 'warning',
    threshold: 0.05,
    recovery: 0.01,
    forMs: 30 * SECOND_MS,
    noData: 'ok',
  },
  {
    id: 'slow-queries',
    name: 'p95 of statements above 500 ms',
    metric: 'queries.p95',
    severity: 'warning',
    threshold: 500,
    recovery: 250,
    forMs: 60 * SECOND_MS,
    noData: 'ok',
  },
  {
    id: 'pool-waiting',
    name: 'Statements wait for a connection',
    metric: 'queries.waitP95',
    severity: 'warning',
    threshold: 100,
    recovery: 20,
    forMs: 10 * SECOND_MS,
    noData: 'ok',
  },
  {
    id: 'pool-exhausted',
    name: 'More than 50 callers wait for a connection',
    metric: 'pool.waiting',
    severity: 'critical',
    threshold: 50,
    recovery: 5,
    forMs: 15 * SECOND_MS,
  },
  {
    id: 'cold-cache',
    name: 'The cache answers half as often as in the hour before',
    metric: 'cache.hitRatio',
    kind: 'baseline',
    comparison: 'below',
    severity: 'warning',
    threshold: 0.5,
    recovery: 0.8,
    forMs: 180 * SECOND_MS,
  },
  {
    id: 'loop-delay',
    name: 'Event loop blocked for more than 250 ms',
    metric: 'runtime.loopDelayMax',
    severity: 'warning',
    threshold: 250,
    recovery: 100,
    forMs: 5 * SECOND_MS,
  },
  {
    id: 'loop-saturated',
    name: 'Event loop busy for more than 95% of the time',
    metric: 'runtime.loopUtilisation',
    severity: 'warning',
    threshold: 0.95,
    recovery: 0.8,
    forMs: 120 * SECOND_MS,
  },
  {
    id: 'heap-growth',
    name: 'The heap has grown by more than 16 MiB a minute for half an hour',
    metric: 'runtime.heapUsed',
    kind: 'rate',
    severity: 'warning',
    threshold: 16 * MIB,
    recovery: 4 * MIB,
    overMs: 1_800 * SECOND_MS,
    forMs: 300 * SECOND_MS,
  },
  {
    id: 'shed-load',
    name: 'Requests are refused because of overload',
    metric: 'sessions.shed',
    severity: 'warning',
    threshold: 0,
    forMs: 10 * SECOND_MS,
  },
  {
    id: 'scan-backlog',
    name: 'More than 10,000 chunks wait to be scanned',
    metric: 'scans.pending',
    severity: 'info',
    threshold: 10_000,
    recovery: 5_000,
    forMs: 600 * SECOND_MS,
  },
  {
    id: 'unobserved',
    name: 'Nothing is measured any more',
    metric: 'runtime.rss',
    kind: 'absence',
    severity: 'critical',
    forMs: 60 * SECOND_MS,
  },
];

/** The shipped rules, complete. */
export const DEFAULT_ALERT_RULES: readonly AlertRule[] = SHIPPED.map((rule) =>
  parseRule(rule, { id: rule.id, isDefault: true }),
);

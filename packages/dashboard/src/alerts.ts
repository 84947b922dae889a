/** A condition on one metric that somebody wants to hear of. */
export interface AlertRule {
  readonly id: string;
  readonly name: string;
  readonly metric: string;
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  /** Where it ends again; apart from `threshold`, so that a value that wavers there does not flap. */
  readonly recovery: number;
  /** For how long the condition must hold before it fires, and its opposite before it ends. */
  readonly forMs: number;
  readonly severity: 'info' | 'warning' | 'critical';
}

/** Where one rule stands: a pure state machine, fed with readings. */
export type AlertState =
  | { readonly kind: 'ok' }
  | { readonly kind: 'pending'; readonly since: number }
  | { readonly kind: 'firing'; readonly since: number; readonly value: number }
  | { readonly kind: 'recovering'; readonly since: number; readonly firingSince: number; readonly value: number };

/** Advances a rule's state by one reading; `NaN` (nothing measured) leaves it as it is. */
export function advanceAlert(rule: AlertRule, state: AlertState, value: number, at: number): AlertState {
  if (Number.isNaN(value)) return state;
  const exceeds = rule.comparison === 'above' ? value > rule.threshold : value < rule.threshold;
  const recovers = rule.comparison === 'above' ? value <= rule.recovery : value >= rule.recovery;
  switch (state.kind) {
    case 'ok':
      if (!exceeds) return state;
      return rule.forMs === 0 ? { kind: 'firing', since: at, value } : { kind: 'pending', since: at };
    case 'pending':
      if (!exceeds) return { kind: 'ok' };
      return at - state.since >= rule.forMs ? { kind: 'firing', since: at, value } : state;
    case 'firing':
      if (recovers) return { kind: 'recovering', since: at, firingSince: state.since, value };
      return { kind: 'firing', since: state.since, value };
    case 'recovering':
      if (!recovers) return { kind: 'firing', since: state.firingSince, value };
      return at - state.since >= rule.forMs ? { kind: 'ok' } : state;
  }
}

/** Rules that every installation starts with. */
export const DEFAULT_ALERT_RULES: readonly AlertRule[] = [
  {
    id: 'errors',
    name: 'Failed requests above 1%',
    metric: 'requests.errorRatio',
    comparison: 'above',
    threshold: 0.01,
    recovery: 0.005,
    forMs: 30_000,
    severity: 'critical',
  },
  {
    id: 'loop-delay',
    name: 'Event loop blocked for more than 250 ms',
    metric: 'runtime.loopDelayMax',
    comparison: 'above',
    threshold: 250,
    recovery: 100,
    forMs: 5_000,
    severity: 'warning',
  },
  {
    id: 'pool-waiting',
    name: 'Statements wait for a connection',
    metric: 'queries.waitP95',
    comparison: 'above',
    threshold: 100,
    recovery: 20,
    forMs: 10_000,
    severity: 'warning',
  },
  {
    id: 'slow-requests',
    name: 'p95 of requests above 1 s',
    metric: 'requests.p95',
    comparison: 'above',
    threshold: 1_000,
    recovery: 500,
    forMs: 30_000,
    severity: 'warning',
  },
];

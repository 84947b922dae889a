import { randomUUID } from 'node:crypto';
import { findMetric, type Window } from '@dataguardian/profiler';
import { advanceAlert, DEFAULT_ALERT_RULES, type AlertRule, type AlertState } from './alerts.ts';
import { DashboardError } from './errors.ts';

/** One alert that fires, or did. */
export interface Alert {
  readonly ruleId: string;
  readonly name: string;
  readonly severity: AlertRule['severity'];
  readonly metric: string;
  readonly firedAt: number;
  /** `null` while it fires. */
  readonly endedAt: number | null;
  readonly value: number;
}

/** The rules in force and what they have said. */
export interface AlertBook {
  observe(window: Window): void;
  alerts(): readonly Alert[];
  rules(): readonly AlertRule[];
  /** @throws DashboardError DASHBOARD_BAD_REQUEST listing every problem */
  create(input: unknown): AlertRule;
  /** @throws DashboardError DASHBOARD_NOT_FOUND, DASHBOARD_BAD_REQUEST */
  change(id: string, input: unknown): AlertRule;
  /** @throws DashboardError DASHBOARD_NOT_FOUND */
  remove(id: string): void;
}

const KEPT_ALERTS = 200;

/** Begins with the default rules; keeps the latest alerts in memory. */
export function createAlertBook(): AlertBook {
  const rules = new Map(DEFAULT_ALERT_RULES.map((rule) => [rule.id, rule]));
  const states = new Map<string, AlertState>();
  let alerts: Alert[] = [];

  const find = (id: string): AlertRule => {
    const rule = rules.get(id);
    if (rule === undefined) throw new DashboardError('DASHBOARD_NOT_FOUND', `No alert rule "${id}".`);
    return rule;
  };

  const isOpen = (alert: Alert, rule: AlertRule): boolean => alert.ruleId === rule.id && alert.endedAt === null;

  const end = (rule: AlertRule, at: number): void => {
    alerts = alerts.map((alert) => (isOpen(alert, rule) ? { ...alert, endedAt: at } : alert));
  };

  const record = (rule: AlertRule, before: AlertState, after: AlertState, at: number): void => {
    const wasOpen = before.kind === 'firing' || before.kind === 'recovering';
    if (!wasOpen && after.kind === 'firing') {
      const { id, name, severity, metric } = rule;
      const alert = { ruleId: id, name, severity, metric, firedAt: at, endedAt: null, value: after.value };
      alerts = [alert, ...alerts].slice(0, KEPT_ALERTS);
    } else if (wasOpen && after.kind === 'ok') {
      end(rule, at);
    }
  };

  return {
    observe(window) {
      for (const rule of rules.values()) {
        const before = states.get(rule.id) ?? { kind: 'ok' };
        const after = advanceAlert(rule, before, findMetric(rule.metric)?.read(window) ?? Number.NaN, window.at);
        states.set(rule.id, after);
        record(rule, before, after, window.at);
      }
    },
    alerts: () => alerts,
    rules: () => [...rules.values()],
    create(input) {
      const rule = parseRule(input, { id: randomUUID() });
      rules.set(rule.id, rule);
      return rule;
    },
    change(id, input) {
      const existing = find(id);
      const rule = parseRule({ ...existing, ...(isRecord(input) ? input : {}) }, { id });
      rules.set(id, rule);
      states.delete(id);
      return rule;
    },
    remove(id) {
      const rule = find(id);
      rules.delete(id);
      states.delete(id);
      alerts = alerts.filter((alert) => !isOpen(alert, rule));
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseRule(input: unknown, { id }: { readonly id: string }): AlertRule {
  const problems: string[] = [];
  const fields = isRecord(input) ? input : {};
  const check = <Value>(
    name: string,
    isRight: (value: unknown) => value is Value,
    what: string,
    fallback: Value,
  ): Value => {
    const value = fields[name];
    if (isRight(value)) return value;
    problems.push(`"${name}" must be ${what}`);
    return fallback;
  };
  const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  const isText = (value: unknown): value is string =>
    typeof value === 'string' && value.length > 0 && value.length <= 200;
  const isMetric = (value: unknown): value is string => typeof value === 'string' && findMetric(value) !== undefined;
  const isComparison = (value: unknown): value is AlertRule['comparison'] => value === 'above' || value === 'below';
  const isSeverity = (value: unknown): value is AlertRule['severity'] =>
    value === 'info' || value === 'warning' || value === 'critical';
  const isDuration = (value: unknown): value is number => isNumber(value) && value >= 0;
  const rule: AlertRule = {
    id,
    name: check('name', isText, 'a text of 1 to 200 characters', ''),
    metric: check('metric', isMetric, 'the name of a metric', ''),
    comparison: check('comparison', isComparison, '"above" or "below"', 'above'),
    threshold: check('threshold', isNumber, 'a number', 0),
    recovery: check('recovery', isNumber, 'a number', 0),
    forMs: check('forMs', isDuration, 'milliseconds, 0 or more', 0),
    severity: check('severity', isSeverity, '"info", "warning" or "critical"', 'warning'),
  };
  if (problems.length > 0) throw new DashboardError('DASHBOARD_BAD_REQUEST', `${problems.join('; ')}.`);
  return rule;
}

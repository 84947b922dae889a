import type { AlertKind, AlertRule, Severity } from '../api/alerts.ts';
import { DashboardError } from '../errors.ts';
import { findCatalogued } from '../history/catalogue.ts';
import { isRecord } from '../json.ts';

const MINUTE_MS = 60_000;
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/** What is said about a rule that says nothing about it. */
const CALM_MS = 5 * MINUTE_MS;
const OVER_MS = { rate: 10 * MINUTE_MS, other: 60 * MINUTE_MS };

/**
 * Reads a rule from a request; fields that are left out come from `base`, then from defaults.
 * @throws DashboardError DASHBOARD_BAD_REQUEST listing every problem
 */
export function parseRule(input: unknown, base: Partial<AlertRule> & Pick<AlertRule, 'id'>): AlertRule {
  const problems: string[] = [];
  const fields: Readonly<Record<string, unknown>> = { ...base, ...(isRecord(input) ? input : {}) };
  const field = <Value>(name: string, is: (value: unknown) => value is Value, what: string, fallback: Value): Value => {
    const value = fields[name];
    if (is(value)) return value;
    if (value !== undefined || REQUIRED.has(name)) problems.push(`"${name}" must be ${what}`);
    return fallback;
  };
  const kind = field<AlertKind>('kind', isKind, ONE_OF_KINDS, 'threshold');
  const threshold = kind === 'absence' ? 0 : field('threshold', isNumber, 'a number', 0);
  const forMs = field('forMs', isDuration, A_DURATION, 0);
  const metric = field('metric', isMetric, 'the name of a metric', '');
  const comparison = field<AlertRule['comparison']>('comparison', isComparison, '"above" or "below"', 'above');
  const recovery = kind === 'absence' ? 0 : field('recovery', isNumber, 'a number', threshold);
  if (comparison === 'above' ? recovery > threshold : recovery < threshold)
    problems.push(`"recovery" must not lie beyond "threshold"`);
  const rule: AlertRule = {
    id: base.id,
    name: field('name', isText, 'a text of 1 to 200 characters', ''),
    metric,
    kind,
    comparison,
    threshold,
    recovery,
    forMs,
    clearForMs: field('clearForMs', isDuration, A_DURATION, Math.max(forMs, CALM_MS)),
    overMs: field('overMs', isDuration, A_DURATION, kind === 'rate' ? OVER_MS.rate : OVER_MS.other),
    severity: field<Severity>('severity', isSeverity, ONE_OF_SEVERITIES, 'warning'),
    group: field('group', isText, 'a text of 1 to 200 characters', metric.split('.')[0] || 'other'),
    noData: field<AlertRule['noData']>('noData', isNoData, '"keep" or "ok"', 'keep'),
    enabled: field('enabled', isBoolean, 'true or false', true),
    channels: field('channels', isTexts, 'a list of at most 50 ids', []),
    isDefault: base.isDefault ?? false,
  };
  if ((kind === 'rate' || kind === 'baseline') && rule.overMs < MINUTE_MS)
    problems.push(`"overMs" must be at least ${MINUTE_MS}`);
  if (problems.length > 0) throw new DashboardError('DASHBOARD_BAD_REQUEST', `${problems.join('; ')}.`);
  return rule;
}

const REQUIRED: ReadonlySet<string> = new Set(['name', 'metric', 'threshold']);
const ONE_OF_KINDS = '"threshold", "rate", "absence" or "baseline"';
const ONE_OF_SEVERITIES = '"info", "warning" or "critical"';
const A_DURATION = `milliseconds from 0 to ${LONGEST_MS}`;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim().length > 0 && value.length <= 200;
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= 50 && value.every(isText);
const isMetric = (value: unknown): value is string => typeof value === 'string' && findCatalogued(value) !== undefined;
const isDuration = (value: unknown): value is number => isNumber(value) && value >= 0 && value <= LONGEST_MS;
const isKind = isOneOf<AlertKind>(['threshold', 'rate', 'absence', 'baseline']);
const isComparison = isOneOf<AlertRule['comparison']>(['above', 'below']);
const isSeverity = isOneOf<Severity>(['info', 'warning', 'critical']);
const isNoData = isOneOf<AlertRule['noData']>(['keep', 'ok']);

function isOneOf<Name extends string>(names: readonly Name[]): (value: unknown) => value is Name {
  return (value): value is Name => names.some((name) => name === value);
}

import type { Alert, Silence } from '../api/alerts.ts';
import { DashboardError } from '../errors.ts';
import { isRecord } from '../json.ts';

/** What a silence is matched with. */
export type Silenceable = Pick<Alert, 'ruleId' | 'group' | 'severity'>;

const LONGEST_MS = 90 * 24 * 60 * 60_000;

/** Whether messages about it are kept back now. */
export function isSilenced(alert: Silenceable, silences: readonly Silence[], now: number): boolean {
  return silences.some(
    ({ until, match: { ruleId, group, severity } }) =>
      until > now &&
      (ruleId === undefined || ruleId === alert.ruleId) &&
      (group === undefined || group === alert.group) &&
      (severity === undefined || severity === alert.severity),
  );
}

/** @throws DashboardError DASHBOARD_BAD_REQUEST listing every problem */
export function parseSilence(
  input: unknown,
  { id, by, now }: { readonly id: string; readonly by: string; readonly now: number },
): Silence {
  const problems: string[] = [];
  const fields = isRecord(input) ? input : {};
  const { match = {}, reason, until } = fields;
  const wanted = isRecord(match) ? match : {};
  const text = (name: 'ruleId' | 'group'): Record<string, string> => {
    const value = wanted[name];
    if (value === undefined) return {};
    if (typeof value === 'string' && value !== '' && value.length <= 200) return { [name]: value };
    problems.push(`"match.${name}" must be a text`);
    return {};
  };
  const { severity } = wanted;
  const isSeverity = severity === 'info' || severity === 'warning' || severity === 'critical';
  if (severity !== undefined && !isSeverity) problems.push('"match.severity" must be "info", "warning" or "critical"');
  if (!isRecord(match)) problems.push('"match" must be an object');
  if (typeof reason !== 'string' || reason.trim() === '' || reason.length > 500)
    problems.push('"reason" must be a text of 1 to 500 characters');
  if (typeof until !== 'number' || !(until > now) || until > now + LONGEST_MS)
    problems.push('"until" must be a time within the next 90 days, in epoch milliseconds');
  if (problems.length > 0) throw new DashboardError('DASHBOARD_BAD_REQUEST', `${problems.join('; ')}.`);
  return {
    id,
    match: { ...text('ruleId'), ...text('group'), ...(isSeverity ? { severity } : {}) },
    reason: String(reason).trim(),
    until: Number(until),
    by,
    createdAt: now,
  };
}

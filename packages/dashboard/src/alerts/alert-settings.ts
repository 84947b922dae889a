import { randomUUID } from 'node:crypto';
import type { AlertRule, Silence } from '../api/alerts.ts';
import { DashboardError } from '../errors.ts';
import { isRecord } from '../json.ts';
import type { AlertStore } from './alert-store.ts';
import { DEFAULT_ALERT_RULES } from './default-rules.ts';
import { parseRule } from './rule.ts';
import { parseSilence } from './silence.ts';

/** The rules and silences in force: read from the store now and then, at hand without waiting. */
export interface AlertSettings {
  rules(): readonly AlertRule[];
  /** Those that have not expired. */
  silences(): readonly Silence[];
  /** @throws DashboardError DASHBOARD_BAD_REQUEST listing every problem */
  createRule(input: unknown): Promise<AlertRule>;
  /** @throws DashboardError DASHBOARD_NOT_FOUND, DASHBOARD_BAD_REQUEST */
  changeRule(id: string, input: unknown): Promise<AlertRule>;
  /** A shipped rule gets its shipped values back. @throws DashboardError DASHBOARD_NOT_FOUND */
  removeRule(id: string): Promise<void>;
  /** @throws DashboardError DASHBOARD_BAD_REQUEST */
  createSilence(input: unknown, by: string): Promise<Silence>;
  /** @throws DashboardError DASHBOARD_NOT_FOUND */
  removeSilence(id: string): Promise<void>;
  /** Reads what other processes changed. Says whether anything was. */
  refresh(): Promise<boolean>;
}

const MOST_RULES = 200;

/** Begins with the shipped rules, until {@link AlertSettings.refresh} has read the store. */
export function createAlertSettings(store: AlertStore, now: () => number): AlertSettings {
  let rules: readonly AlertRule[] = DEFAULT_ALERT_RULES;
  let silences: readonly Silence[] = [];
  let seen = '';

  const refresh = async (): Promise<boolean> => {
    const [storedRules, storedSilences] = await Promise.all([store.documents('rule'), store.documents('silence')]);
    const state = JSON.stringify([storedRules, storedSilences]);
    if (state === seen) return false;
    const changed = new Map(storedRules.flatMap(({ id, body }) => toRule(id, body)));
    rules = [
      ...DEFAULT_ALERT_RULES.map((rule) => changed.get(rule.id) ?? rule),
      ...[...changed.values()].filter(({ isDefault }) => !isDefault),
    ];
    // Only this package writes silences, complete.
    silences = storedSilences.map(({ body }) => body as Silence);
    seen = state;
    return true;
  };

  const find = (id: string): AlertRule => {
    const rule = rules.find((candidate) => candidate.id === id);
    if (rule === undefined) throw new DashboardError('DASHBOARD_NOT_FOUND', 'There is no such alert rule.');
    return rule;
  };

  const keepRule = async (rule: AlertRule): Promise<AlertRule> => {
    await store.putDocument('rule', { id: rule.id, body: rule });
    await refresh();
    return rule;
  };

  return {
    rules: () => rules,
    silences: () => silences.filter(({ until }) => until > now()),
    createRule(input) {
      if (rules.length >= MOST_RULES)
        throw new DashboardError('DASHBOARD_BAD_REQUEST', `There are ${MOST_RULES} rules; remove one first.`);
      return keepRule(parseRule(withoutIdentity(input), { id: randomUUID() }));
    },
    changeRule: async (id, input) => keepRule(parseRule(withoutIdentity(input), find(id))),
    async removeRule(id) {
      find(id);
      await store.removeDocument('rule', id);
      await refresh();
    },
    async createSilence(input, by) {
      const silence = parseSilence(input, { id: randomUUID(), by, now: now() });
      await store.putDocument('silence', { id: silence.id, body: silence });
      await refresh();
      return silence;
    },
    async removeSilence(id) {
      if (!(await store.removeDocument('silence', id)))
        throw new DashboardError('DASHBOARD_NOT_FOUND', 'There is no such silence.');
      await refresh();
    },
    refresh,
  };
}

function withoutIdentity(input: unknown): unknown {
  if (!isRecord(input)) return input;
  const { id: _id, isDefault: _isDefault, ...rest } = input;
  return rest;
}

/** A rule of an older release may name a metric that is gone; it is left out rather than stopping the others. */
function toRule(id: string, body: unknown): [string, AlertRule][] {
  const shipped = DEFAULT_ALERT_RULES.find((rule) => rule.id === id);
  try {
    return [[id, parseRule(withoutIdentity(body), { id, isDefault: shipped !== undefined })]];
  } catch {
    return [];
  }
}

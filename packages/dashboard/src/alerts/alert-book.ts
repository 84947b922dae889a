import { randomUUID } from 'node:crypto';
import type { Alert, AlertRule } from '../api/alerts.ts';
import { metricIndex } from '../history/catalogue.ts';
import { advanceAlert, type AlertState } from './alert-state.ts';
import type { AlertStore } from './alert-store.ts';
import type { AlertSettings } from './alert-settings.ts';
import { createCondition, type Condition } from './condition.ts';
import { isSilenced } from './silence.ts';

/** What the book works with. */
export interface AlertBookParts {
  readonly store: AlertStore;
  readonly settings: AlertSettings;
  readonly instance: string;
  readonly now: () => number;
  /** Channels that hear of this rule. */
  readonly route: (rule: AlertRule) => readonly string[];
  /** What a rule's alert is about beyond its metric; empty for nothing. */
  readonly describe: (rule: AlertRule) => string;
  /** What was measured before this process began, oldest first, for rules that look back. */
  readonly past: (rule: AlertRule) => Promise<readonly PastReading[]>;
  readonly onAlert: (alert: Alert) => void;
  readonly onFault: (error: unknown) => void;
}

/** Watches readings and keeps episodes. */
export interface AlertBook {
  /** Judges every rule; what follows from it is stored in the background, in order. `NaN` is not measured. */
  observe(values: Float64Array, at: number): void;
  /** Takes part in open alerts of processes that are gone, so that a restart ends nothing and fires nothing again. */
  adopt(alive: readonly string[]): Promise<void>;
  /** Sends what a silence kept back and is over; ends what could not be ended while the store was away. */
  maintain(): Promise<void>;
  /** Resolves when everything that was observed is stored. */
  settled(): Promise<void>;
}

/** A reading that was stored. */
export interface PastReading {
  readonly at: number;
  readonly value: number;
}

interface Watch {
  readonly rule: AlertRule;
  condition: Condition;
  state: AlertState;
  alertId: string | undefined;
}

const ADOPTED = 50;

/** Creates the book of one process. */
export function createAlertBook(parts: AlertBookParts): AlertBook {
  const { store, settings, instance, now, route, onAlert, onFault } = parts;
  let watches = new Map<string, Watch>();
  let known: readonly AlertRule[] = [];
  let queue: Promise<void> = Promise.resolve();
  let unended: readonly { readonly id: string; readonly endedAt: number }[] = [];

  const inOrder = (work: () => Promise<void>): void => {
    queue = queue.then(work).catch(onFault);
  };

  const tell = (alert: Alert | undefined): void => {
    if (alert !== undefined) onAlert(alert);
  };

  const leave = (watch: Watch, endedAt: number): void =>
    inOrder(async () => {
      const id = watch.alertId;
      if (id === undefined) return;
      watch.alertId = undefined;
      await end({ id, endedAt });
    });

  const end = async (ending: (typeof unended)[number]): Promise<void> => {
    try {
      tell(await store.end(ending.id, instance, ending.endedAt));
    } catch (error) {
      unended = [...unended, ending];
      throw error;
    }
  };

  /** Gives a rule that looks back something to look back at: after a restart it would be blind for long. */
  const prime = async (watch: Watch): Promise<void> => {
    const condition = createCondition(watch.rule);
    for (const { at, value } of await parts.past(watch.rule)) condition.judge(value, at);
    watch.condition = condition;
  };

  /** A changed rule begins anew; its open episode ends. */
  const syncRules = (at: number): void => {
    const rules = settings.rules();
    if (rules === known) return;
    known = rules;
    const kept = new Map<string, Watch>();
    for (const rule of rules.filter(({ enabled }) => enabled)) {
      const watch = watches.get(rule.id);
      const isSame = watch !== undefined && JSON.stringify(watch.rule) === JSON.stringify(rule);
      const next = isSame ? watch : newWatch(rule);
      kept.set(rule.id, next);
      if (!isSame && (rule.kind === 'rate' || rule.kind === 'baseline')) void prime(next).catch(onFault);
    }
    for (const [id, watch] of watches) if (kept.get(id) !== watch) leave(watch, at);
    watches = kept;
  };

  const fire = (watch: Watch, state: Extract<AlertState, { kind: 'firing' }>, at: number): void =>
    inOrder(async () => {
      const { rule } = watch;
      const { id: ruleId, name, severity, metric, group } = rule;
      const silenced = isSilenced({ ruleId, group, severity }, settings.silences(), now());
      const draft: Alert = {
        id: randomUUID(),
        ruleId,
        name,
        severity,
        metric,
        group,
        state: 'firing',
        firedAt: at,
        endedAt: null,
        detail: parts.describe(rule),
        value: state.value,
        peak: state.peak,
        instances: [instance],
        relapseCount: state.relapseCount,
        acknowledged: null,
        silenced,
      };
      const { alert } = await store.fire(draft, silenced ? [] : route(rule));
      watch.alertId = alert.id;
      tell(alert);
    });

  const progress = (watch: Watch, state: Extract<AlertState, { kind: 'firing' | 'recovering' }>): void =>
    inOrder(async () => {
      if (watch.alertId === undefined) return;
      const { kind, peak, relapseCount } = state;
      tell(await store.progress({ id: watch.alertId, instance, state: kind, peak, relapseCount }));
    });

  const follow = (watch: Watch, before: AlertState, at: number): void => {
    const after = watch.state;
    if (after === before || after.kind === before.kind) return;
    if (after.kind === 'firing') {
      if (before.kind === 'recovering') progress(watch, after);
      else fire(watch, after, at);
    } else if (after.kind === 'recovering') {
      progress(watch, after);
    } else if (after.kind === 'ok' && before.kind === 'recovering') {
      leave(watch, before.since);
    }
  };

  return {
    observe(values, at) {
      syncRules(at);
      for (const watch of watches.values()) {
        const before = watch.state;
        const value = values[metricIndex(watch.rule.metric)] ?? Number.NaN;
        watch.state = advanceAlert(watch.rule, before, watch.condition.judge(value, at), at);
        follow(watch, before, at);
      }
    },
    async adopt(alive) {
      syncRules(now());
      for (const alert of await store.alerts('open', ADOPTED)) {
        const watch = watches.get(alert.ruleId);
        const isTended = alert.instances.some((other) => other !== instance && alive.includes(other));
        if (watch === undefined || watch.alertId !== undefined || isTended) continue;
        const { id, firedAt: since, value, peak, relapseCount } = alert;
        watch.alertId = id;
        watch.state = { kind: 'firing', since, value, peak, relapseCount };
        await store.progress({ id, instance, state: 'firing', peak, relapseCount });
      }
    },
    async maintain() {
      const at = now();
      const waiting = unended;
      unended = [];
      for (const ending of waiting) await end(ending);
      for (const alert of await store.alerts('open', ADOPTED)) {
        const rule = settings.rules().find(({ id }) => id === alert.ruleId);
        if (!alert.silenced || rule === undefined || isSilenced(alert, settings.silences(), at)) continue;
        await store.unsilence(alert.id, route(rule), at);
      }
    },
    settled: () => queue,
  };
}

function newWatch(rule: AlertRule): Watch {
  return { rule, condition: createCondition(rule), state: { kind: 'ok' }, alertId: undefined };
}

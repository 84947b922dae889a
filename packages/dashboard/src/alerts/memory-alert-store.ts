import type { Alert, Delivery } from '../api/alerts.ts';
import { deliveryId, type AlertStore, type DocumentKind } from './alert-store.ts';

interface Kept {
  alert: Alert;
  readonly states: Map<string, 'firing' | 'recovering'>;
}

interface KeptDelivery {
  delivery: Delivery;
  dueAt: number;
  claimedUntil: number;
}

const MOST_ALERTS = 500;
const MOST_DELIVERIES = 1_000;

/** Alerts that last as long as the process; the only store without a database, and the one that takes over when it is away. */
export function createMemoryAlertStore(): AlertStore {
  const documents: Record<DocumentKind, Map<string, unknown>> = {
    rule: new Map(),
    silence: new Map(),
    channel: new Map(),
  };
  const alerts = new Map<string, Kept>();
  const deliveries = new Map<string, KeptDelivery>();

  const addDelivery = (delivery: Delivery): void => {
    if (deliveries.has(delivery.id)) return;
    deliveries.set(delivery.id, { delivery, dueAt: delivery.createdAt, claimedUntil: 0 });
    if (deliveries.size > MOST_DELIVERIES) deliveries.delete(deliveries.keys().next().value ?? '');
  };

  const enqueue = (alertId: string, channelId: string, { kind, at }: { kind: 'fired' | 'ended'; at: number }): void =>
    addDelivery({
      id: deliveryId(alertId, channelId, kind),
      alertId,
      channelId,
      kind,
      state: 'waiting',
      attemptCount: 0,
      createdAt: at,
      sentAt: null,
      error: null,
    });

  const refresh = (kept: Kept, change: Partial<Alert>): Alert => {
    const states = [...kept.states.values()];
    const state = states.length === 0 ? 'ended' : states.includes('firing') ? 'firing' : 'recovering';
    kept.alert = { ...kept.alert, ...change, state, instances: [...kept.states.keys()] };
    return kept.alert;
  };

  const leave = (kept: Kept, instance: string, endedAt: number): Alert | undefined => {
    if (kept.alert.endedAt !== null || !kept.states.delete(instance)) return undefined;
    if (kept.states.size > 0) {
      refresh(kept, {});
      return undefined;
    }
    for (const { delivery } of deliveries.values()) {
      if (delivery.alertId === kept.alert.id && delivery.kind === 'fired')
        enqueue(kept.alert.id, delivery.channelId, { kind: 'ended', at: endedAt });
    }
    return refresh(kept, { endedAt });
  };

  return {
    documents: (kind) => Promise.resolve([...documents[kind]].map(([id, body]) => ({ id, body }))),
    putDocument(kind, { id, body }) {
      documents[kind].set(id, body);
      return Promise.resolve();
    },
    removeDocument: (kind, id) => Promise.resolve(documents[kind].delete(id)),
    fire(alert, channelIds) {
      const open = [...alerts.values()].find(
        (kept) => kept.alert.ruleId === alert.ruleId && kept.alert.endedAt === null,
      );
      const kept = open ?? { alert, states: new Map<string, 'firing' | 'recovering'>() };
      for (const instance of alert.instances) kept.states.set(instance, 'firing');
      if (open === undefined) {
        alerts.set(alert.id, kept);
        for (const channelId of channelIds) enqueue(alert.id, channelId, { kind: 'fired', at: alert.firedAt });
        if (alerts.size > MOST_ALERTS) alerts.delete(alerts.keys().next().value ?? '');
      }
      return Promise.resolve({ alert: refresh(kept, {}), isNew: open === undefined });
    },
    progress({ id, instance, state, peak, relapseCount }) {
      const kept = alerts.get(id);
      if (kept === undefined || kept.alert.endedAt !== null) return Promise.resolve(undefined);
      kept.states.set(instance, state);
      return Promise.resolve(refresh(kept, { peak, relapseCount }));
    },
    end(id, instance, endedAt) {
      const kept = alerts.get(id);
      return Promise.resolve(kept === undefined ? undefined : leave(kept, instance, endedAt));
    },
    endAbandoned(alive, endedAt) {
      const ended = [...alerts.values()].flatMap((kept) =>
        [...kept.states.keys()]
          .filter((instance) => !alive.includes(instance))
          .flatMap((instance) => leave(kept, instance, endedAt) ?? []),
      );
      return Promise.resolve(ended);
    },
    unsilence(id, channelIds, at) {
      const kept = alerts.get(id);
      if (kept?.alert.endedAt !== null) return Promise.resolve();
      refresh(kept, { silenced: false });
      for (const channelId of channelIds) enqueue(id, channelId, { kind: 'fired', at });
      return Promise.resolve();
    },
    alerts(which, limit) {
      const all = [...alerts.values()]
        .map(({ alert }) => alert)
        .filter(({ endedAt }) => which === 'all' || (which === 'open') === (endedAt === null))
        .toSorted((a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || b.firedAt - a.firedAt);
      return Promise.resolve(all.slice(0, limit));
    },
    acknowledge(id, acknowledged) {
      const kept = alerts.get(id);
      return Promise.resolve(kept === undefined ? undefined : refresh(kept, { acknowledged }));
    },
    addDelivery(delivery) {
      addDelivery(delivery);
      return Promise.resolve();
    },
    claimDeliveries(now, leaseMs) {
      const due = [...deliveries.values()].filter(
        (kept) => kept.delivery.state === 'waiting' && kept.dueAt <= now && kept.claimedUntil <= now,
      );
      for (const kept of due) kept.claimedUntil = now + leaseMs;
      return Promise.resolve(
        due.map(({ delivery }) => ({ ...delivery, alert: alerts.get(delivery.alertId ?? '')?.alert })),
      );
    },
    settleDelivery(delivery, dueAt) {
      if (deliveries.has(delivery.id)) deliveries.set(delivery.id, { delivery, dueAt, claimedUntil: 0 });
      return Promise.resolve();
    },
    deliveries: (limit) =>
      Promise.resolve(
        [...deliveries.values()]
          .map(({ delivery }) => delivery)
          .toSorted((a, b) => b.createdAt - a.createdAt)
          .slice(0, limit),
      ),
    expire(before) {
      for (const [id, { alert }] of alerts) if (alert.endedAt !== null && alert.endedAt < before) alerts.delete(id);
      return Promise.resolve();
    },
  };
}

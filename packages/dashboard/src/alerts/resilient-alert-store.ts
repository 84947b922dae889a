import type { Alert } from '../api/alerts.ts';
import type { AlertStore } from './alert-store.ts';
import { createMemoryAlertStore } from './memory-alert-store.ts';

/**
 * `primary`, and the memory of this process for what begins while `primary` is away: that the database is gone is itself
 * worth an alert. Such an episode stays in memory until it ends; each process then sends a message of its own.
 * Documents (rules, channels, silences) are only ever kept in `primary`.
 */
export function createResilientAlertStore(primary: AlertStore, onFault: (error: unknown) => void): AlertStore {
  const memory = createMemoryAlertStore();
  const own = new Set<string>();

  const withMemory = async <Item>(
    read: (store: AlertStore) => Promise<readonly Item[]>,
  ): Promise<{ readonly items: readonly Item[]; readonly isWhole: boolean }> => {
    const kept = await read(memory);
    try {
      return { items: [...kept, ...(await read(primary))], isWhole: true };
    } catch (error) {
      onFault(error);
      return { items: kept, isWhole: false };
    }
  };

  const storeOf = (id: string | null): AlertStore => (id !== null && own.has(id) ? memory : primary);

  return {
    ...primary,
    async fire(alert, channelIds) {
      try {
        return await primary.fire(alert, channelIds);
      } catch (error) {
        onFault(error);
        const fired = await memory.fire(alert, channelIds);
        own.add(fired.alert.id);
        return fired;
      }
    },
    progress: (progress) => storeOf(progress.id).progress(progress),
    end: (id, instance, endedAt) => storeOf(id).end(id, instance, endedAt),
    unsilence: (id, channelIds, at) => storeOf(id).unsilence(id, channelIds, at),
    acknowledge: (id, acknowledged) => storeOf(id).acknowledge(id, acknowledged),
    async alerts(which, limit) {
      const { items } = await withMemory<Alert>((store) => store.alerts(which, limit));
      return items
        .toSorted((a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || b.firedAt - a.firedAt)
        .slice(0, limit);
    },
    claimDeliveries: async (now, leaseMs) => (await withMemory((store) => store.claimDeliveries(now, leaseMs))).items,
    settleDelivery: (delivery, dueAt) => storeOf(delivery.alertId).settleDelivery(delivery, dueAt),
    deliveries: async (limit) =>
      (await withMemory((store) => store.deliveries(limit))).items
        .toSorted((a, b) => b.createdAt - a.createdAt)
        .slice(0, limit),
  };
}

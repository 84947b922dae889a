import { describe, expect, it } from 'vitest';
import type { AlertStore } from '../../src/alerts/alert-store.ts';
import type { Alert, Delivery } from '../../src/api/alerts.ts';

/** An alert as a process opens it. */
export function alertOf(fields: Partial<Alert> & Pick<Alert, 'id'>): Alert {
  return {
    ruleId: 'slow',
    name: 'Slow',
    severity: 'warning',
    metric: 'requests.p95',
    group: 'requests',
    state: 'firing',
    firedAt: 1_000,
    endedAt: null,
    detail: '',
    value: 120,
    peak: 120,
    instances: ['one'],
    relapseCount: 0,
    acknowledged: null,
    silenced: false,
    ...fields,
  };
}

const kinds = (deliveries: readonly Delivery[]): string[] =>
  deliveries.map(({ kind, channelId }) => `${kind} ${channelId}`).toSorted();

/** What every store of alerts must do. */
export function testAlertStore(name: string, open: () => Promise<AlertStore>): void {
  describe(`alerts in ${name}`, () => {
    it('open once per rule, whatever the number of processes', async () => {
      const store = await open();
      const fired = await Promise.all(
        ['one', 'two', 'three'].map((instance) =>
          store.fire(alertOf({ id: `alert-${instance}`, instances: [instance] }), ['mail', 'chat']),
        ),
      );
      expect(fired.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(fired.map(({ alert }) => alert.id)).size).toBe(1);
      const [alert] = await store.alerts('open', 10);
      expect(alert?.instances.toSorted()).toEqual(['one', 'three', 'two']);
      expect(kinds(await store.deliveries(10))).toEqual(['fired chat', 'fired mail']);
    });

    it('end with the last process, with one message to whoever heard of the start', async () => {
      const store = await open();
      await store.fire(alertOf({ id: 'a' }), ['mail']);
      await store.fire(alertOf({ id: 'b', instances: ['two'] }), ['mail']);
      expect(await store.end('a', 'one', 5_000)).toBeUndefined();
      expect((await store.alerts('open', 10))[0]?.instances).toEqual(['two']);
      expect(await store.end('a', 'two', 6_000)).toMatchObject({ id: 'a', state: 'ended', endedAt: 6_000 });
      expect(await store.end('a', 'two', 7_000)).toBeUndefined();
      expect(kinds(await store.deliveries(10))).toEqual(['ended mail', 'fired mail']);
      expect((await store.fire(alertOf({ id: 'c' }), [])).isNew).toBe(true);
    });

    it('show how far they are', async () => {
      const store = await open();
      await store.fire(alertOf({ id: 'a' }), []);
      const progress = { id: 'a', instance: 'one', peak: 500, relapseCount: 2 };
      expect(await store.progress({ ...progress, state: 'recovering' })).toMatchObject({
        state: 'recovering',
        peak: 500,
        relapseCount: 2,
      });
      expect(await store.progress({ ...progress, state: 'firing' })).toMatchObject({ state: 'firing' });
      expect(await store.progress({ ...progress, id: 'none', state: 'firing' })).toBeUndefined();
    });

    it('end when every process that had them is gone', async () => {
      const store = await open();
      await store.fire(alertOf({ id: 'a' }), ['mail']);
      await store.fire(alertOf({ id: 'b', ruleId: 'other', instances: ['two'] }), []);
      expect(await store.endAbandoned(['one', 'two'], 9_000)).toEqual([]);
      expect((await store.endAbandoned(['two'], 9_000)).map(({ id }) => id)).toEqual(['a']);
      expect((await store.alerts('open', 10)).map(({ id }) => id)).toEqual(['b']);
    });

    it('can be acknowledged', async () => {
      const store = await open();
      await store.fire(alertOf({ id: 'a' }), []);
      const acknowledged = { by: 'anna', at: 3, note: 'looking' };
      expect(await store.acknowledge('a', acknowledged)).toMatchObject({ acknowledged });
      expect(await store.acknowledge('none', acknowledged)).toBeUndefined();
    });

    it('send what a silence kept back, once', async () => {
      const store = await open();
      await store.fire(alertOf({ id: 'a', silenced: true }), []);
      await store.unsilence('a', ['mail'], 4_000);
      await store.unsilence('a', ['mail'], 5_000);
      expect(kinds(await store.deliveries(10))).toEqual(['fired mail']);
      expect((await store.alerts('open', 10))[0]?.silenced).toBe(false);
    });

    it('are listed open ones first, then newest first', async () => {
      const store = await open();
      for (const [index, ruleId] of ['a', 'b', 'c'].entries())
        await store.fire(alertOf({ id: ruleId, ruleId, firedAt: 1_000 + index }), []);
      await store.end('c', 'one', 2_000);
      expect((await store.alerts('all', 10)).map(({ id }) => id)).toEqual(['b', 'a', 'c']);
      expect((await store.alerts('ended', 10)).map(({ id }) => id)).toEqual(['c']);
      expect(await store.alerts('all', 1)).toHaveLength(1);
    });
  });

  describe(`messages in ${name}`, () => {
    it('are claimed by one process, until its lease ends', async () => {
      const store = await open();
      await store.fire(alertOf({ id: 'a' }), ['mail', 'chat']);
      const [mine, yours] = await Promise.all([
        store.claimDeliveries(2_000, 1_000),
        store.claimDeliveries(2_000, 1_000),
      ]);
      expect(kinds([...mine, ...yours])).toEqual(['fired chat', 'fired mail']);
      expect(mine.concat(yours)[0]?.alert).toMatchObject({ id: 'a', name: 'Slow' });
      expect(await store.claimDeliveries(2_500, 1_000)).toEqual([]);
      expect(await store.claimDeliveries(3_100, 1_000)).toHaveLength(2);
    });

    it('are tried again when they are due, and not once they are sent', async () => {
      const store = await open();
      await store.fire(alertOf({ id: 'a' }), ['mail']);
      await store.claimDeliveries(2_000, 1_000);
      const [delivery] = await store.deliveries(1);
      if (delivery === undefined) throw new Error('no message was written');
      const failed: Delivery = { ...delivery, attemptCount: 1, error: 'refused' };
      await store.settleDelivery(failed, 9_000);
      expect(await store.claimDeliveries(8_000, 1_000)).toEqual([]);
      expect(await store.claimDeliveries(9_000, 1_000)).toMatchObject([{ attemptCount: 1, error: 'refused' }]);
      await store.settleDelivery({ ...failed, state: 'sent', sentAt: 9_100, error: null }, 9_100);
      expect(await store.claimDeliveries(99_000, 1_000)).toEqual([]);
      expect(await store.deliveries(5)).toMatchObject([{ state: 'sent', sentAt: 9_100, error: null }]);
    });
  });

  describe(`documents in ${name}`, () => {
    it('are kept by kind and id', async () => {
      const store = await open();
      await store.putDocument('rule', { id: 'a', body: { x: 1 } });
      await store.putDocument('rule', { id: 'a', body: { x: 2 } });
      await store.putDocument('silence', { id: 'a', body: {} });
      expect(await store.documents('rule')).toEqual([{ id: 'a', body: { x: 2 } }]);
      expect(await store.removeDocument('rule', 'a')).toBe(true);
      expect(await store.removeDocument('rule', 'a')).toBe(false);
      expect(await store.documents('silence')).toHaveLength(1);
    });
  });
}

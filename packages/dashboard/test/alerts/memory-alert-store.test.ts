import { createMemoryAlertStore } from '../../src/alerts/memory-alert-store.ts';
import { createResilientAlertStore } from '../../src/alerts/resilient-alert-store.ts';
import { alertOf, testAlertStore } from '../contract/alert-store.ts';
import { describe, expect, it } from 'vitest';

testAlertStore('memory', () => Promise.resolve(createMemoryAlertStore()));

const failOn = (error: unknown): never => {
  throw error;
};
testAlertStore('a store with a fallback', () =>
  Promise.resolve(createResilientAlertStore(createMemoryAlertStore(), failOn)),
);

describe('alerts while the database is away', () => {
  it('are kept and told by the process that saw them', async () => {
    const primary = createMemoryAlertStore();
    let isAway = true;
    const faults: unknown[] = [];
    const away = new Proxy(primary, {
      get: (store, name: keyof typeof primary) => (isAway ? () => Promise.reject(new Error('away')) : store[name]),
    });
    // Spread reads every method once, so the wrapper is made of calls that look again.
    const store = createResilientAlertStore(
      {
        ...primary,
        fire: (...given) => away.fire(...given),
        alerts: (...given) => away.alerts(...given),
        claimDeliveries: (...given) => away.claimDeliveries(...given),
        deliveries: (...given) => away.deliveries(...given),
      },
      (error) => faults.push(error),
    );
    expect((await store.fire(alertOf({ id: 'a' }), ['mail'])).isNew).toBe(true);
    expect(await store.claimDeliveries(2_000, 1_000)).toHaveLength(1);
    isAway = false;
    expect(await store.alerts('open', 10)).toMatchObject([{ id: 'a' }]);
    expect(await store.end('a', 'one', 3_000)).toMatchObject({ state: 'ended' });
    expect(faults.length).toBeGreaterThan(0);
  });
});

import { createFakeClock, type FakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { createAlertBook, type AlertBook, type PastReading } from '../../src/alerts/alert-book.ts';
import { createAlertSettings, type AlertSettings } from '../../src/alerts/alert-settings.ts';
import type { AlertStore } from '../../src/alerts/alert-store.ts';
import { DEFAULT_ALERT_RULES } from '../../src/alerts/default-rules.ts';
import { createMemoryAlertStore } from '../../src/alerts/memory-alert-store.ts';
import type { Alert } from '../../src/api/alerts.ts';
import { CATALOGUE, metricIndex } from '../../src/history/catalogue.ts';

interface World {
  readonly clock: FakeClock;
  readonly store: AlertStore;
  readonly settings: AlertSettings;
  readonly told: Alert[];
  book(instance: string): AlertBook;
}

async function alertWorld(
  store: AlertStore = createMemoryAlertStore(),
  past: readonly PastReading[] = [],
): Promise<World> {
  const clock = createFakeClock();
  const told: Alert[] = [];
  const now = (): number => clock.now();
  const settings = createAlertSettings(store, now);
  for (const { id } of DEFAULT_ALERT_RULES) await settings.changeRule(id, { enabled: false });
  const book = (instance: string): AlertBook =>
    createAlertBook({
      store,
      settings,
      instance,
      now,
      route: () => ['mail'],
      describe: () => '',
      past: () => Promise.resolve(past),
      onAlert: (alert) => told.push(alert),
      onFault: (error) => {
        throw error;
      },
    });
  return { clock, store, settings, told, book };
}

const reading = (name: string, value: number): Float64Array => {
  const values = new Float64Array(CATALOGUE.length).fill(Number.NaN);
  values[metricIndex(name)] = value;
  return values;
};

const slow = { name: 'slow', metric: 'requests.p95', threshold: 100, recovery: 50 };

describe('a signal that crosses its threshold 1,000 times', () => {
  it.each([1, 7, 60, 150])('every %i s gives at most two messages', async (periodSeconds) => {
    const { clock, store, settings, book } = await alertWorld();
    await settings.createRule(slow);
    const one = book('one');
    const observe = (value: number, seconds: number): void => {
      const values = reading('requests.p95', value);
      for (let second = 0; second < seconds; second += 1) {
        clock.jump(1_000);
        one.observe(values, clock.now());
      }
    };
    for (let crossing = 0; crossing < 1_000; crossing += 1) observe(crossing % 2 === 0 ? 150 : 10, periodSeconds);
    observe(10, 4 * 3_600);
    await one.settled();
    const deliveries = await store.deliveries(100);
    expect(deliveries.map(({ kind }) => kind).toSorted()).toEqual(['ended', 'fired']);
    expect(await store.alerts('all', 10)).toMatchObject([{ state: 'ended', peak: 150 }]);
  });
});

describe('an alert', () => {
  it('is told when it fires, recovers, relapses and ends', async () => {
    const { clock, settings, told, book } = await alertWorld();
    await settings.createRule({ ...slow, clearForMs: 2_000 });
    const one = book('one');
    for (const value of [120, 120, 10, 120, 10, 10, 10, 10, 10, 10]) {
      await clock.advance(1_000);
      one.observe(reading('requests.p95', value), clock.now());
    }
    await one.settled();
    expect(told.map(({ state, relapseCount }) => `${state} ${relapseCount}`)).toEqual([
      'firing 0',
      'recovering 0',
      'firing 1',
      'recovering 1',
      'ended 1',
    ]);
    expect((told.at(-1)?.endedAt ?? 0) - (told.at(-1)?.firedAt ?? 0)).toBe(4_000);
  });

  it('ends when its rule is switched off or removed', async () => {
    const { clock, store, settings, book } = await alertWorld();
    const { id } = await settings.createRule(slow);
    const one = book('one');
    one.observe(reading('requests.p95', 500), clock.now());
    await settings.removeRule(id);
    one.observe(reading('requests.p95', 500), clock.now() + 1_000);
    await one.settled();
    expect(await store.alerts('open', 10)).toEqual([]);
  });

  it('goes on in the process that comes after the one that saw it', async () => {
    const { clock, store, settings, book } = await alertWorld();
    await settings.createRule(slow);
    const one = book('one');
    one.observe(reading('requests.p95', 500), clock.now());
    await one.settled();
    const next = book('next');
    await next.adopt(['next']);
    await store.endAbandoned(['next'], clock.now());
    expect(await store.alerts('open', 10)).toMatchObject([{ instances: ['next'], state: 'firing' }]);
    next.observe(reading('requests.p95', 500), clock.now() + 1_000);
    await next.settled();
    expect(await store.deliveries(10)).toHaveLength(1);
  });

  it('is shown and not told while it is silenced, and told when the silence is over', async () => {
    const { clock, store, settings, book } = await alertWorld();
    const { id: ruleId } = await settings.createRule(slow);
    await settings.createSilence({ match: { ruleId }, reason: 'works', until: clock.now() + 60_000 }, 'anna');
    const one = book('one');
    one.observe(reading('requests.p95', 500), clock.now());
    await one.settled();
    expect(await store.alerts('open', 10)).toMatchObject([{ silenced: true }]);
    await one.maintain();
    expect(await store.deliveries(10)).toEqual([]);
    await clock.advance(61_000);
    await one.maintain();
    expect(await store.deliveries(10)).toMatchObject([{ kind: 'fired' }]);
  });

  it('on a baseline knows what was usual before the process began', async () => {
    const begin = createFakeClock().now();
    const past = Array.from({ length: 360 }, (_, index) => ({ at: begin - (360 - index) * 10_000, value: 100 }));
    const { clock, store, settings, book } = await alertWorld(createMemoryAlertStore(), past);
    await settings.createRule({ ...slow, kind: 'baseline', threshold: 3, recovery: 1.5, overMs: 3_600_000 });
    const one = book('one');
    for (let second = 0; second < 90; second += 1) {
      await clock.advance(1_000);
      one.observe(reading('requests.p95', 900), clock.now());
    }
    await one.settled();
    expect(await store.alerts('open', 10)).toHaveLength(1);
  });

  it('that could not be ended is ended when the store is back', async () => {
    const store = createMemoryAlertStore();
    let isAway = false;
    const flaky: AlertStore = {
      ...store,
      end: (...given) => (isAway ? Promise.reject(new Error('away')) : store.end(...given)),
    };
    const { clock, settings } = await alertWorld(flaky);
    await settings.createRule({ ...slow, clearForMs: 0 });
    const faults: unknown[] = [];
    const one = createAlertBook({
      store: flaky,
      settings,
      instance: 'one',
      now: () => clock.now(),
      route: () => [],
      describe: () => '',
      past: () => Promise.resolve([]),
      onAlert: () => undefined,
      onFault: (error) => faults.push(error),
    });
    isAway = true;
    for (const value of [500, 10, 10]) {
      await clock.advance(1_000);
      one.observe(reading('requests.p95', value), clock.now());
    }
    await one.settled();
    expect(faults).toHaveLength(1);
    expect(await store.alerts('open', 10)).toHaveLength(1);
    isAway = false;
    await one.maintain();
    expect(await store.alerts('open', 10)).toEqual([]);
  });
});

describe('rules', () => {
  it('that are shipped can be changed, and get their values back when they are removed', async () => {
    const { settings } = await alertWorld();
    await settings.changeRule('errors', { threshold: 0.2 });
    const find = () => settings.rules().find(({ id }) => id === 'errors');
    expect(find()).toMatchObject({ threshold: 0.2, isDefault: true });
    await settings.removeRule('errors');
    expect(find()).toEqual(DEFAULT_ALERT_RULES.find(({ id }) => id === 'errors'));
  });

  it('that somebody else changed are read', async () => {
    const { settings, store, clock } = await alertWorld();
    const other = createAlertSettings(store, () => clock.now());
    await settings.createRule(slow);
    expect(await other.refresh()).toBe(true);
    expect(other.rules().some(({ name }) => name === 'slow')).toBe(true);
    expect(await other.refresh()).toBe(false);
  });

  it('of a metric that is gone do not stop the others', async () => {
    const { settings, store } = await alertWorld();
    await store.putDocument('rule', { id: 'old', body: { name: 'old', metric: 'gone', threshold: 1 } });
    await settings.refresh();
    expect(settings.rules().map(({ id }) => id)).not.toContain('old');
  });
});

import type { Database } from '@dataguardian/database';
import { createHistogram } from '@dataguardian/telemetry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { METRIC_NAMES, metricIndex } from '../../src/history/catalogue.ts';
import { createDatabaseHistoryStore } from '../../src/history/database-history-store.ts';
import type { HistoryRow } from '../../src/history/history-store.ts';
import { createSketchSum, encodeSketch } from '../../src/history/sketch-codec.ts';
import { clear, databaseWorld } from './dashboard-database.ts';

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await databaseWorld());
});
beforeEach(() => clear(database));
afterAll(() => close());

const rowOf = (fields: Partial<HistoryRow> & { readonly rate?: number }): HistoryRow => {
  const { rate = 1.25, ...rest } = fields;
  const values = new Float64Array(METRIC_NAMES.length).fill(Number.NaN);
  values[metricIndex('requests.rate')] = rate;
  values[metricIndex('runtime.rss')] = 1.5e9;
  return { stepMs: 10_000, at: 20_000, instance: 'one', coveredMs: 9_000, values, sketches: new Map(), ...rest };
};

describe('the history in PostgreSQL', () => {
  it('gives back what was written: values, gaps and distributions', async () => {
    const store = createDatabaseHistoryStore(database);
    const histogram = createHistogram();
    for (let value = 1; value <= 1_000; value += 1) histogram.record(value);
    await store.write([rowOf({ sketches: new Map([['requests', encodeSketch(histogram.state())]]) })]);
    const [row] = await store.read({
      stepMs: 10_000,
      from: 0,
      to: 30_000,
      metrics: ['requests.rate', 'runtime.rss', 'cache.hitRatio'],
      sketches: ['requests', 'queries'],
    });
    expect(row).toMatchObject({ at: 20_000, instance: 'one', coveredMs: 9_000 });
    expect(['requests.rate', 'runtime.rss', 'cache.hitRatio'].map((name) => row?.values[metricIndex(name)])).toEqual([
      1.25,
      1.5e9,
      Number.NaN,
    ]);
    const merged = createSketchSum();
    merged.add(row?.sketches.get('requests') ?? new Uint8Array());
    expect([row?.sketches.has('requests'), row?.sketches.has('queries')]).toEqual([true, false]);
    expect([merged.count, merged.quantile(0.95)]).toEqual([1_000, histogram.quantile(0.95)]);
  });

  it('replaces a row that is written again', async () => {
    const store = createDatabaseHistoryStore(database);
    await store.write([rowOf({ rate: 1 }), rowOf({ instance: 'two' })]);
    await store.write([rowOf({ rate: 7, coveredMs: 10_000 })]);
    const rows = await store.read({
      stepMs: 10_000,
      from: 0,
      to: 30_000,
      metrics: ['requests.rate'],
      sketches: [],
      instance: 'one',
    });
    expect(rows.map(({ values, coveredMs }) => [values[metricIndex('requests.rate')], coveredMs])).toEqual([
      [7, 10_000],
    ]);
  });

  it('reads rows of another release, whose metrics have another order', async () => {
    const store = createDatabaseHistoryStore(database);
    await store.write([rowOf({})]);
    await database.query(
      `insert into dashboard_metric_sets (names) values ('{other,requests.rate}') on conflict do nothing`,
    );
    await database.query(`insert into dashboard_history
      select 10000, 10000, 'old', id, 10000, '{5,42}', '{}' from dashboard_metric_sets where names[1] = 'other'`);
    const rows = await store.read({
      stepMs: 10_000,
      from: 0,
      to: 30_000,
      metrics: ['requests.rate', 'runtime.rss'],
      sketches: ['requests'],
    });
    expect(Object.fromEntries(rows.map((row) => [row.instance, row.values[metricIndex('requests.rate')]]))).toEqual({
      one: 1.25,
      old: 42,
    });
  });

  it('keeps each level for its time', async () => {
    const store = createDatabaseHistoryStore(database);
    const day = 86_400_000;
    const now = 100 * day;
    const at = (stepMs: number, ago: number): HistoryRow => rowOf({ stepMs, at: now - ago });
    await store.write([at(1_000, day), at(1_000, 60_000), at(600_000, day), at(600_000, 95 * day)]);
    await store.expire(now);
    const { rows } = await database.query<{ step_ms: number; at: string }>(
      'select step_ms, at from dashboard_history order by step_ms',
    );
    expect(rows.map(({ step_ms, at: kept }) => [step_ms, now - Number(kept)])).toEqual([
      [1_000, 60_000],
      [600_000, day],
    ]);
  });

  it('keeps a mark once, and knows who reports', async () => {
    const store = createDatabaseHistoryStore(database);
    const mark = { id: 'release:1', at: 5_000, kind: 'release', label: '1', by: 'one' } as const;
    expect(await Promise.all([store.mark(mark), store.mark({ ...mark, by: 'two' })])).toContain(false);
    expect(await store.marks(0, 10_000)).toHaveLength(1);
    expect(await store.marks(6_000, 10_000)).toEqual([]);
    await store.report({ id: 'one', startedAt: 1, lastSeenAt: 1_000, release: '1' });
    await store.report({ id: 'one', startedAt: 1, lastSeenAt: 2_000, release: '1' });
    await store.report({ id: 'two', startedAt: 1, lastSeenAt: 500, release: '1' });
    expect(await store.instances(900)).toEqual([{ id: 'one', startedAt: 1, lastSeenAt: 2_000, release: '1' }]);
  });
});

import type { Database } from '@dataguardian/database';
import { until } from '@dataguardian/testing';
import { systemClock } from '@dataguardian/telemetry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../../src/history/accumulator.ts';
import { metricIndex } from '../../src/history/catalogue.ts';
import { createRecorder } from '../../src/history/recorder.ts';
import { createLiveExchange, type LiveExchange } from '../../src/live-exchange.ts';
import { createWindowSource, windowAt } from '../windows.ts';
import { clear, databaseWorld } from './dashboard-database.ts';

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await databaseWorld());
});
beforeEach(() => clear(database));
const open: LiveExchange[] = [];
afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close();
});
afterAll(() => close());

interface Process {
  readonly exchange: LiveExchange;
  readonly heard: number[];
  /** A second with so many requests. */
  second(count: number): void;
}

function startProcess(instance: string, isWatched: () => boolean, instanceCount = 2): Process {
  const source = createWindowSource();
  const recorder = createRecorder({
    profiler: source,
    clock: systemClock,
    instance,
    health: () => ({}),
    store: undefined,
  });
  const exchange = createLiveExchange({
    recorder,
    database,
    clock: systemClock,
    instance,
    instanceCount: () => instanceCount,
    hasWatchers: isWatched,
    onFault: (error) => {
      throw error;
    },
  });
  open.push(exchange);
  const heard: number[] = [];
  exchange.onReading(({ values }: Reading) => heard.push(values[metricIndex('requests.rate')] ?? Number.NaN));
  return { exchange, heard, second: (count) => source.emit(windowAt(Date.now(), { requests: { count } })) };
}

const rowCount = async (): Promise<number> => (await database.query('select 1 from dashboard_live')).rows.length;

describe('seconds of several processes', () => {
  it('are added up for whoever watches one of them', async () => {
    const [one, two] = [startProcess('one', () => true), startProcess('two', () => false)];
    await one.exchange.tend();
    await two.exchange.tend();
    await until(async () => {
      two.second(12);
      one.second(30);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return one.heard.at(-1) === 42;
    });
    expect(two.heard.at(-1)).toBe(12);
    expect(one.exchange.recent(0).at(-1)?.values[metricIndex('requests.rate')]).toBe(42);
  });

  it('are neither written nor read while nobody watches', async () => {
    const [one, two] = [startProcess('one', () => false), startProcess('two', () => false)];
    await one.exchange.tend();
    await two.exchange.tend();
    one.second(30);
    two.second(12);
    await one.exchange.tend();
    expect([one.heard, await rowCount()]).toEqual([[30], 0]);
  });

  it('of a process that is alone are its own', async () => {
    const one = startProcess('one', () => true, 1);
    await one.exchange.tend();
    one.second(30);
    expect([one.heard, one.exchange.recent(0).length, await rowCount()]).toEqual([[30], 1, 0]);
  });

  it('that are old count no more', async () => {
    await database.query(`insert into dashboard_live (instance, at, readings) values ('gone', $1, $2::jsonb)`, [
      Date.now() - 10_000,
      JSON.stringify({ 'requests.rate': 100 }),
    ]);
    const one = startProcess('one', () => true);
    await one.exchange.tend();
    one.second(30);
    await until(async () => (await rowCount()) === 2);
    one.second(30);
    expect(one.heard).toEqual([30, 30]);
  });
});

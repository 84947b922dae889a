import { queries, requests } from '@dataguardian/telemetry';
import { createFakeClock, type FakeClock } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSketchSum, type PackedSketch } from '../../src/history/sketch-codec.ts';
import { createRankingRecorder, type RankingRecorder } from '../../src/rankings/ranking-recorder.ts';
import { createMemoryRankingStore, type RankingStore } from '../../src/rankings/ranking-store.ts';
import { createRankings, type Rankings } from '../../src/rankings/rankings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 1_000 * HOUR;

let clock: FakeClock;
let store: RankingStore;
let recorder: RankingRecorder;
let rankings: Rankings;

function start(instance: string): void {
  recorder = createRankingRecorder({ clock, instance, store });
  rankings = createRankings({
    recorder,
    store,
    clock,
    instance,
    onFault: (error) => {
      throw error;
    },
  });
}

beforeEach(() => {
  clock = createFakeClock(START);
  store = createMemoryRankingStore();
  start('one');
});
afterEach(() => recorder.close());

function request(
  route: string,
  durationMs: number,
  change: { statusCode?: number; userId?: string; standsFor?: number } = {},
): void {
  requests.publish({
    requestId: 'r',
    method: 'GET',
    route,
    statusCode: 200,
    durationMs,
    bytes: 0,
    userId: undefined,
    organisationId: undefined,
    ...change,
  });
}

function countOf(sketch: PackedSketch | undefined): number {
  const sum = createSketchSum();
  if (sketch !== undefined) sum.add(sketch);
  return sum.count;
}

const read = (kind: 'route' | 'statement' | 'user', lastMs: number): ReturnType<Rankings['read']> =>
  rankings.read(kind, { from: clock.now() - lastMs, to: clock.now() + 1 }, 20);

describe('a ranking', () => {
  it('counts a request as often as it stands for others', async () => {
    request('/a', 10, { statusCode: 500, userId: 'anna', standsFor: 40 });
    await clock.advance(30_000);
    const [route] = (await read('route', 5 * MINUTE)).items;
    const [user] = (await read('user', 5 * MINUTE)).items;
    expect([route?.count, route?.errorCount, user?.count]).toEqual([40, 40, 40]);
    expect(route?.totalMs).toBeCloseTo(400, 0);
  });

  it('lists what took most time, each with its past', async () => {
    request('/a', 10);
    await clock.advance(MINUTE);
    request('/a', 30, { statusCode: 500 });
    request('/b', 100);
    await clock.advance(30_000);
    const { items, stepMs, instances, source } = await read('route', 5 * MINUTE);
    expect([stepMs, instances, source]).toEqual([MINUTE, ['one'], 'database']);
    expect(items.map(({ name, count, errorCount }) => [name, count, errorCount])).toEqual([
      ['GET /b', 1, 0],
      ['GET /a', 2, 1],
    ]);
    expect(items[1]?.totalMs).toBeCloseTo(40, 0);
    const [, a] = items;
    expect(a?.lines.p95Ms.filter((value) => value !== null)).toHaveLength(2);
    expect(a?.lines.rate.at(-1)).toBeCloseTo(1 / 30, 3);
  });

  it('tells users and statements apart, by what they are called', async () => {
    request('/a', 10, { userId: 'anna' });
    request('/a', 20, { userId: 'bram' });
    queries.publish({
      fingerprint: 'f1',
      statement: 'select $1',
      durationMs: 3,
      waitMs: 0,
      rowCount: 1,
      verdict: 'off',
      failed: true,
      caller: undefined,
    });
    expect((await read('user', MINUTE)).items.map(({ name }) => name)).toEqual(['bram', 'anna']);
    const [statement] = (await read('statement', MINUTE)).items;
    expect(statement).toMatchObject({ name: 'f1', label: 'select $1', errorCount: 1, timeRatio: 1 });
  });

  it('adds up what is beyond the names it lists', async () => {
    for (let index = 0; index < 30; index += 1) request(`/${index}`, 100 - index);
    await clock.advance(MINUTE);
    const { items, others } = await read('route', 5 * MINUTE);
    expect([items.length, others?.count]).toEqual([20, 10]);
    expect(items[0]?.name).toBe('GET /0');
  });

  it('cannot be filled with names', async () => {
    for (let index = 0; index < 2_000; index += 1) request(`/${index}`, 1);
    const { items, others } = await read('route', MINUTE);
    const listed = items.reduce((sum, { count }) => sum + count, 0);
    expect(listed + (others?.count ?? 0)).toBe(2_000);
  });

  it('reaches back beyond the start of the process, and adds processes up', async () => {
    request('/a', 10);
    await clock.advance(2 * MINUTE);
    await recorder.flush();
    recorder.close();
    start('two');
    request('/a', 20);
    request('/a', 20);
    const { items, instances } = await read('route', 5 * MINUTE);
    expect([items[0]?.count, instances]).toEqual([3, ['one', 'two']]);
  });

  it('writes its unfinished minute twice a minute, and whole when the process ends', async () => {
    const written = async (): Promise<number> => {
      const rows = await store.read({ stepMs: MINUTE, kind: 'route', from: 0, to: clock.now() + 1 });
      return countOf(rows[0]?.entries[0]?.sketch);
    };
    request('/a', 10);
    await recorder.flush();
    request('/a', 10);
    await clock.advance(10_000);
    await recorder.flush();
    expect(await written()).toBe(1);
    await clock.advance(20_000);
    await recorder.flush();
    expect(await written()).toBe(2);
    request('/a', 10);
    await recorder.finish();
    expect(await written()).toBe(3);
  });

  it.each([
    [2 * HOUR, MINUTE],
    [20 * HOUR, 10 * MINUTE],
    [7 * 24 * HOUR, HOUR],
  ])('over %d ms is made of steps of %d ms, with every call once', async (lastMs, stepMs) => {
    // A call each five minutes for two hours, the last ones in buckets that are not over.
    for (let index = 0; index < 24; index += 1) {
      request('/a', 10);
      await clock.advance(5 * MINUTE);
      if (index % 4 === 0) await recorder.flush();
    }
    request('/a', 10);
    const answer = await read('route', lastMs);
    expect([answer.stepMs, answer.items[0]?.count]).toEqual([stepMs, 25]);
  });

  it('is kept while its store is away, and written when it is back', async () => {
    let isAway = true;
    const kept = createMemoryRankingStore();
    store = {
      ...kept,
      write: (rows) => (isAway ? Promise.reject(new Error('away')) : kept.write(rows)),
    };
    recorder.close();
    start('one');
    request('/a', 10);
    await clock.advance(MINUTE);
    await expect(recorder.flush()).rejects.toThrow('away');
    isAway = false;
    await recorder.flush();
    const rows = await kept.read({ stepMs: MINUTE, kind: 'route', from: 0, to: clock.now() });
    expect(rows.map(({ entries }) => entries[0]?.name)).toEqual(['GET /a']);
  });
});

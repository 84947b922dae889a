import { requests } from '@dataguardian/telemetry';
import { createFakeClock, type FakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import type { Mark, SeriesAnswer } from '../../src/api/series.ts';
import type { Health } from '../../src/history/catalogue.ts';
import { createHistory, type History } from '../../src/history/history.ts';
import type { HistoryStore } from '../../src/history/history-store.ts';
import { createMemoryHistoryStore } from '../../src/history/memory-history-store.ts';
import { createRecorder, type Recorder } from '../../src/history/recorder.ts';
import { parseSeriesQuestion } from '../../src/history/series-question.ts';
import { createWindowSource, windowAt, type QuietWindow } from '../windows.ts';

const START = Date.UTC(2026, 0, 1);

interface Process {
  readonly recorder: Recorder;
  readonly history: History;
  /** Lets a second pass. */
  second(parts?: QuietWindow): Promise<void>;
}

interface World {
  readonly clock: FakeClock;
  readonly store: HistoryStore;
  process(instance: string, health?: Health): Process;
  ask(history: History, query: Record<string, string>): Promise<SeriesAnswer>;
}

function historyWorld(marks: readonly Mark[] = []): World {
  const clock = createFakeClock(START);
  const store = createMemoryHistoryStore();
  return {
    clock,
    store,
    process(instance, health = {}) {
      const source = createWindowSource();
      const recorder = createRecorder({ profiler: source, clock, instance, health: () => health, store });
      const history = createHistory({
        recorder,
        store,
        clock,
        instance,
        isShared: true,
        foreignMarks: () => Promise.resolve(marks),
        onFault: (error) => {
          throw error;
        },
      });
      return {
        recorder,
        history,
        async second(parts) {
          await clock.advance(1_000);
          source.emit(windowAt(clock.now(), parts));
        },
      };
    },
    ask: (history, query) => history.series(parseSeriesQuestion(query, clock.now())),
  };
}

const busy = (count: number, errorCount = 0): QuietWindow => ({ requests: { count, errorCount } });
const lineOf = (answer: SeriesAnswer, metric: string) => answer.lines.find((line) => line.metric === metric);

describe('the history of one process', () => {
  it('has a point a second, and none where nothing was measured', async () => {
    const { process, ask, clock } = historyWorld();
    const one = process('one');
    for (const count of [5, 7]) await one.second(busy(count));
    await clock.advance(2_000);
    await one.second(busy(9));
    const answer = await ask(one.history, {
      metrics: 'requests.rate',
      from: String(START),
      to: String(START + 6_000),
      points: '10',
    });
    expect(answer).toMatchObject({ stepMs: 1_000, resolutionMs: 1_000, instances: ['one'] });
    expect(lineOf(answer, 'requests.rate')?.values).toEqual([5, 7, null, null, 9, null]);
  });

  it('fills the second that a late timer skipped', async () => {
    const { process, ask, clock } = historyWorld();
    const one = process('one');
    await one.second(busy(5));
    await clock.advance(3);
    await one.second({ ...busy(8), durationMs: 1_003 });
    const answer = await ask(one.history, {
      metrics: 'requests.rate',
      from: String(START),
      to: String(START + 4_000),
      points: '10',
    });
    expect(lineOf(answer, 'requests.rate')?.values.filter((value) => value === null)).toHaveLength(1);
  });

  it('weighs ratios by what they are ratios of', async () => {
    const { process, ask } = historyWorld();
    const one = process('one');
    await one.second(busy(1, 1));
    await one.second(busy(99));
    for (let second = 2; second < 10; second += 1) await one.second(busy(0));
    const answer = await ask(one.history, {
      metrics: 'requests.errorRatio',
      from: String(START),
      to: String(START + 100_000),
      points: '10',
    });
    expect(answer.resolutionMs).toBe(10_000);
    expect(lineOf(answer, 'requests.errorRatio')?.values[0]).toBeCloseTo(0.01, 6);
  });

  it('has exact percentiles of any range, not means of percentiles', async () => {
    const { process, ask } = historyWorld();
    const one = process('one');
    const request = (durationMs: number, standsFor = 1): void =>
      requests.publish({
        requestId: 'r',
        method: 'GET',
        route: '/',
        statusCode: 200,
        durationMs,
        bytes: 0,
        userId: undefined,
        organisationId: undefined,
        standsFor,
      });
    for (let second = 0; second < 20; second += 1) {
      // One slow second of few requests among busy ones.
      if (second === 3) request(5_000);
      else if (second === 14) request(10, 50);
      else for (let count = 0; count < 50; count += 1) request(10);
      await one.second({ requests: { count: 1, p95Ms: second === 3 ? 5_000 : 10 } });
    }
    const range = { from: String(START), to: String(START + 20_000) };
    const fine = await ask(one.history, { metrics: 'requests.p95', ...range });
    expect(lineOf(fine, 'requests.p95')?.values[3]).toBe(5_000);
    expect(lineOf(fine, 'requests.p95')?.summary.value).toBeCloseTo(10, 0);
    const map = await one.history.heatmap('requests', { from: START, to: START + 20_000 }, 10);
    expect(map.counts[map.bounds.indexOf(5_000)]).toEqual([1, 0]);
    expect(map.counts[map.bounds.indexOf(10)]?.[1]).toBe(500);
    one.recorder.close();
  });

  it('counts components that are not up', async () => {
    const { process, ask } = historyWorld();
    const one = process('one', { cache: { status: 'down', detail: '' }, database: { status: 'up', detail: '' } });
    await one.second();
    const answer = await ask(one.history, { metrics: 'components.down,components.degraded', from: String(START) });
    expect(answer.lines.map(({ summary }) => summary.last)).toEqual([1, 0]);
  });
});

describe('the history of several processes', () => {
  it('adds rates up and weighs ratios', async () => {
    const { process, ask, clock } = historyWorld();
    const [one, two] = [process('one'), process('two')];
    for (let second = 0; second < 10; second += 1) {
      await one.second(busy(90));
      await two.second(busy(10, 10));
      clock.jump(-1_000);
    }
    await Promise.all([one.recorder.flush(), two.recorder.flush()]);
    const range = { from: String(START), to: String(START + 10_000), points: '10' };
    const fine = await ask(one.history, { metrics: 'requests.rate,requests.errorRatio', ...range });
    expect(fine.instances).toEqual(['one', 'two']);
    expect(lineOf(fine, 'requests.rate')?.values[4]).toBe(100);
    expect(lineOf(fine, 'requests.errorRatio')?.values[4]).toBeCloseTo(0.1, 6);
    const split = await ask(one.history, { metrics: 'requests.rate', instance: 'two', ...range });
    expect(lineOf(split, 'requests.rate')?.values[4]).toBe(10);
  });

  it('takes the mean when one follows the other within a bucket: a restart doubles nothing', async () => {
    const { process, ask } = historyWorld();
    const one = process('one');
    for (let second = 0; second < 5; second += 1) await one.second(busy(100));
    await one.recorder.flush();
    const two = process('two');
    for (let second = 0; second < 5; second += 1) await two.second(busy(100));
    await two.recorder.flush();
    const answer = await ask(two.history, {
      metrics: 'requests.rate',
      from: String(START),
      to: String(START + 100_000),
      points: '10',
    });
    expect(lineOf(answer, 'requests.rate')?.values[0]).toBe(100);
  });

  it('does not add up what all of them report alike', async () => {
    const { process, ask } = historyWorld();
    const down: Health = { database: { status: 'down', detail: '' } };
    const [one, two] = [process('one', down), process('two', down)];
    await one.second();
    await two.second();
    await Promise.all([one.recorder.flush(), two.recorder.flush()]);
    const answer = await ask(one.history, { metrics: 'components.down', from: String(START) });
    expect(answer.lines[0]?.summary.max).toBe(1);
  });
});

describe('a comparison', () => {
  it('lies beside its range, point by point', async () => {
    const { process, ask } = historyWorld();
    const one = process('one');
    for (let second = 0; second < 20; second += 1) await one.second(busy(second < 10 ? 1 : 2));
    const answer = await ask(one.history, {
      metrics: 'requests.rate',
      from: String(START + 10_000),
      to: String(START + 20_000),
      compare: 'previous',
    });
    expect(answer.lines[0]?.values).toEqual(Array.from({ length: 10 }, () => 2));
    expect(answer.compare?.lines[0]?.values).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('can end at a mark', async () => {
    const mark: Mark = { id: 'release:2', at: START + 10_000, kind: 'release', label: '2', by: 'x' };
    const { process, ask } = historyWorld([mark]);
    const one = process('one');
    for (let second = 0; second < 20; second += 1) await one.second(busy(second < 10 ? 1 : 2));
    const range = { metrics: 'requests.rate', from: String(START + 15_000), to: String(START + 20_000) };
    const answer = await ask(one.history, { ...range, compare: 'mark:release:2' });
    expect(answer.compare).toMatchObject({ from: START + 5_000, to: START + 10_000 });
    await expect(ask(one.history, { ...range, compare: 'mark:none' })).rejects.toThrow(/mark/);
  });
});

describe('a range', () => {
  it('is cut into at most the wished points, from the finest level that is kept', async () => {
    const { process, ask, clock } = historyWorld();
    const one = process('one');
    await one.second();
    const now = clock.now();
    const ago = async (ms: number) => {
      const { stepMs, resolutionMs, lines } = await ask(one.history, {
        metrics: 'runtime.rss',
        from: String(now - ms),
        to: String(now),
      });
      return { stepMs, resolutionMs, isBounded: (lines[0]?.values.length ?? 0) <= 601 };
    };
    expect(await ago(600_000)).toEqual({ stepMs: 1_000, resolutionMs: 1_000, isBounded: true });
    expect(await ago(6 * 3_600_000)).toEqual({ stepMs: 40_000, resolutionMs: 10_000, isBounded: true });
    expect(await ago(7 * 86_400_000)).toEqual({ stepMs: 1_200_000, resolutionMs: 600_000, isBounded: true });
  });

  it('says everything that is wrong with a question', () => {
    expect(() => parseSeriesQuestion({ metrics: 'none', from: '9', to: '5', points: '1', compare: 'x' }, 10)).toThrow(
      /points.*|before.*none.*compare/s,
    );
  });
});

describe('rows that could not be written', () => {
  it('are written when the store is back', async () => {
    const clock = createFakeClock(START);
    const source = createWindowSource();
    const kept = createMemoryHistoryStore();
    let isAway = true;
    const store: HistoryStore = {
      ...kept,
      write: (rows) => (isAway ? Promise.reject(new Error('away')) : kept.write(rows)),
    };
    const recorder = createRecorder({ profiler: source, clock, instance: 'one', health: () => ({}), store });
    for (let second = 0; second < 15; second += 1) {
      await clock.advance(1_000);
      source.emit(windowAt(clock.now()));
    }
    await expect(recorder.flush()).rejects.toThrow('away');
    isAway = false;
    await recorder.flush();
    const rows = await kept.read({ stepMs: 1_000, from: START, to: clock.now(), metrics: [], sketches: [] });
    expect(rows).toHaveLength(15);
  });
});

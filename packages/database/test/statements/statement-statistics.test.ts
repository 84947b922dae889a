import { createFakeClock, createSeededRandom } from '@dataguardian/testing';
import { queries, type QueryEvent } from '@dataguardian/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { toCaller } from '../../src/statements/caller.ts';
import { createStatementStatistics, type StatementStatistics } from '../../src/index.ts';

let opened: StatementStatistics[] = [];

afterEach(() => {
  for (const statistics of opened) statistics.close();
  opened = [];
});

function world(options: Parameters<typeof createStatementStatistics>[0] = {}): {
  readonly statistics: StatementStatistics;
  readonly clock: ReturnType<typeof createFakeClock>;
} {
  const clock = createFakeClock();
  const random = createSeededRandom(1);
  const statistics = createStatementStatistics({ clock, random: () => random.next(), ...options });
  opened.push(statistics);
  return { statistics, clock };
}

function publish(event: Partial<QueryEvent>): void {
  queries.publish({
    fingerprint: 'f1',
    statement: 'select $1',
    durationMs: 10,
    waitMs: 0,
    rowCount: 1,
    verdict: 'off',
    failed: false,
    caller: undefined,
    ...event,
  });
}

describe('statement statistics', () => {
  it('count time, rows, waits, errors and verdicts by shape', () => {
    const { statistics } = world();
    publish({ durationMs: 30, waitMs: 10, rowCount: 4, verdict: 'miss', caller: 'app/a.ts:7' });
    publish({ durationMs: 2, verdict: 'hit' });
    publish({ failed: true, durationMs: 1 });
    expect(statistics.find('f1')).toMatchObject({
      count: 3,
      failedCount: 1,
      rowCount: 5,
      totalMs: 33,
      waitMs: 10,
      maxMs: 30,
      servedCount: 1,
      servedMeanMs: 20,
      verdicts: { hit: 1, miss: 1, off: 0 },
      callers: ['app/a.ts:7'],
      timeRatio: 1,
    });
  });

  it('order by total, mean and 99th percentile', () => {
    const { statistics } = world();
    for (let n = 0; n < 100; n += 1) publish({ fingerprint: 'often', durationMs: 2 });
    publish({ fingerprint: 'rare', durationMs: 90 });
    expect(statistics.top({ by: 'total', limit: 1 })[0]?.fingerprint).toBe('often');
    expect(statistics.top({ by: 'mean', limit: 1 })[0]?.fingerprint).toBe('rare');
    expect(statistics.top({ by: 'p99' }).map(({ fingerprint }) => fingerprint)).toEqual(['rare', 'often']);
  });

  it('forget the statement that was not seen for longest, by count', () => {
    const { statistics } = world({ maxStatements: 2 });
    for (const fingerprint of ['a', 'b', 'a', 'c']) publish({ fingerprint });
    expect(
      statistics
        .top()
        .map(({ fingerprint }) => fingerprint)
        .toSorted(),
    ).toEqual(['a', 'c']);
  });

  it('forget by bytes, however long the texts', () => {
    const { statistics } = world({ maxBytes: 100_000 });
    for (let n = 0; n < 200; n += 1) publish({ fingerprint: `f${n}`, statement: `select ${'x'.repeat(1_000)}` });
    expect(statistics.byteCount).toBeLessThanOrEqual(100_000);
    expect(statistics.top({ limit: 1_000 }).length).toBeGreaterThan(5);
  });

  it('leave out what this package asks itself', () => {
    const { statistics } = world();
    publish({ statement: 'select relname from pg_class' });
    publish({ fingerprint: 'f2', statement: 'execute dgopt_1(?)' });
    expect(statistics.top()).toEqual([]);
  });

  it('see a query in a loop, and not one that comes now and then', async () => {
    const { statistics, clock } = world();
    for (let n = 0; n < 20; n += 1) {
      await clock.advance(10.5);
      publish({ fingerprint: 'loop', durationMs: 10 });
    }
    for (let n = 0; n < 20; n += 1) {
      await clock.advance(50);
      publish({ fingerprint: 'rare', durationMs: 10 });
    }
    expect(statistics.repetitions()).toMatchObject([{ fingerprint: 'loop', longestChain: 20 }]);
  });
});

describe('sampled values', () => {
  const finished = (values: readonly unknown[], durationMs = 1) =>
    ({
      text: 'select $1',
      values,
      durationMs,
      waitMs: 0,
      rowCount: 1,
      verdict: 'off',
      failed: false,
      lent: false,
      caller: undefined,
    }) as const;

  it('are a few of each statement, the rest is dropped', () => {
    const { statistics } = world({ sampledShare: 2 });
    for (let n = 0; n < 500; n += 1) statistics.observer.finished(finished([n]));
    const kept = statistics.sampler.byteCount;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(1_000);
  });

  it('expire', async () => {
    const { statistics, clock } = world();
    statistics.sampler.sample('f', 'select $1', ['anna@example.org']);
    expect(statistics.sampler.samplesOf('f')).toHaveLength(1);
    await clock.advance(2 * 60 * 60_000);
    expect(statistics.sampler.byteCount).toBe(0);
    expect(statistics.sampler.samplesOf('f')).toEqual([]);
  });

  it('are never in what the statistics show', () => {
    const { statistics } = world();
    publish({});
    statistics.observer.finished(finished(['anna@example.org'], 500));
    expect(JSON.stringify(statistics.top())).not.toContain('anna');
  });

  it('stay out when they are large', () => {
    const { statistics } = world();
    statistics.sampler.sample('f', 'insert', ['x'.repeat(100_000)]);
    expect(statistics.sampler.byteCount).toBe(0);
  });
});

describe('the caller of a statement', () => {
  it('is the first frame that is neither of this package nor of a dependency', () => {
    const stack = `Error: where
    at Object.find (/home/p/node_modules/x/index.js:1:1)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)
    at async findUser (file:///home/p/app/users/repository.ts:42:17)`;
    expect(toCaller(stack, '/home/p')).toBe('app/users/repository.ts:42');
    expect(toCaller(stack, '/elsewhere')).toBe('/home/p/app/users/repository.ts:42');
  });

  it('is unknown where no frame of the application is left', () => {
    expect(toCaller('Error: where\n    at node:internal/a:1:2', '/home')).toBeUndefined();
  });
});

import { createProfiler } from '@dataguardian/profiler';
import { queries, requests, type QueryEvent, type RequestEvent } from '@dataguardian/telemetry';
import { createFakeClock } from '@dataguardian/testing';
import { afterEach, describe, expect, it } from 'vitest';

const world = () => {
  const clock = createFakeClock();
  const profiler = createProfiler({ clock });
  profiler.start();
  stops.push(() => profiler.stop());
  return { clock, profiler };
};

let stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});

const request = (event: Partial<RequestEvent> = {}): void =>
  requests.publish({
    requestId: 'r1',
    method: 'GET',
    route: '/api/scans',
    statusCode: 200,
    durationMs: 10,
    bytes: 100,
    userId: undefined,
    organisationId: undefined,
    ...event,
  });

const query = (event: Partial<QueryEvent> = {}): void =>
  queries.publish({
    fingerprint: 'f1',
    statement: 'select $1',
    durationMs: 5,
    waitMs: 0,
    rowCount: 1,
    verdict: 'miss',
    failed: false,
    caller: undefined,
    ...event,
  });

describe('the profiler', () => {
  it('cuts what it sees into windows', async () => {
    const { clock, profiler } = world();
    request({ durationMs: 20 });
    request({ statusCode: 503 });
    await clock.advance(1_000);
    await clock.advance(1_000);
    const counts = profiler.snapshot().windows.map(({ requests: part }) => [part.count, part.errorCount]);
    expect(counts).toEqual([
      [2, 1],
      [0, 0],
    ]);
  });

  it('ranks routes and statements by their total time', () => {
    const { profiler } = world();
    request({ route: '/seldom', durationMs: 50 });
    for (let call = 0; call < 10; call++) request({ route: '/often', durationMs: 10 });
    query({ statement: 'select a' });
    const { routes, statements } = profiler.snapshot();
    expect(routes.map(({ name }) => name)).toEqual(['GET /often', 'GET /seldom']);
    expect(statements[0]).toMatchObject({ name: 'select a', count: 1, totalMs: 5 });
  });

  it('counts a function with its errors, and hands its result and its error through', async () => {
    const { profiler } = world();
    expect(profiler.time('sum', () => 2)).toBe(2);
    await expect(profiler.time('fails', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(() =>
      profiler.time('throws', () => {
        throw new Error('thrown');
      }),
    ).toThrow('thrown');
    const counts = profiler.snapshot().functions.map(({ name, count, errorCount }) => [name, count, errorCount]);
    expect(counts.toSorted()).toEqual([
      ['fails', 1, 1],
      ['sum', 1, 0],
      ['throws', 1, 1],
    ]);
  });

  it('keeps the slowest requests and prefers failed ones', () => {
    const { profiler } = world();
    request({ requestId: 'slow', durationMs: 500 });
    request({ requestId: 'failed', durationMs: 100, statusCode: 500 });
    request({ requestId: 'quick', durationMs: 1 });
    expect(profiler.snapshot().slowRequests.map(({ requestId }) => requestId)).toEqual(['failed', 'slow', 'quick']);
  });

  it('observes nothing once stopped', async () => {
    const { clock, profiler } = world();
    profiler.stop();
    request();
    await clock.advance(5_000);
    expect(profiler.snapshot().windows).toEqual([]);
    expect(profiler.health().status).toBe('degraded');
  });

  it('names a statement that is slow on enough calls, with its figures', () => {
    const { profiler } = world();
    for (let call = 0; call < 20; call++) query({ statement: 'select slow', durationMs: 600 });
    query({ statement: 'select once', durationMs: 900 });
    const slow = profiler.snapshot().bottlenecks.filter(({ rule }) => rule === 'slow-statement');
    expect(slow).toMatchObject([{ subject: 'select slow', severity: 'high', evidence: { count: 20 } }]);
  });

  it('refuses impossible options, naming each', () => {
    expect(() => createProfiler({ windowMs: 0, windowCount: -1 })).toThrow(/windowMs.*windowCount/);
  });
});

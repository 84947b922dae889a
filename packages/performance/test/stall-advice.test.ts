import { createAdvisor } from '@dataguardian/advisor';
import { createProfiler } from '@dataguardian/profiler';
import { requests } from '@dataguardian/telemetry';
import { createFakeClock } from '@dataguardian/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createRequestTimeline, type RequestTimeline } from '../src/advice/request-timeline.ts';
import { createStallAdvice, type SeenStall } from '../src/advice/stall-advice.ts';

const place = { functionName: 'verify', file: 'src/sign-in.ts', line: 42 };
let timeline: RequestTimeline | undefined;
afterEach(() => timeline?.close());

const world = () => {
  const clock = createFakeClock();
  const stalls: SeenStall[] = [];
  timeline = createRequestTimeline(clock);
  const { rule, prover } = createStallAdvice({
    stalls: (since) => stalls.filter(({ at }) => at >= since),
    timeline,
    clock,
  });
  const advisor = createAdvisor({ rules: [rule], provers: [prover], actuators: [], clock });
  const serve = (durationMs: number, standsFor = 1): void =>
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
  const propose = () => advisor.propose(createProfiler({ clock }).snapshot());
  return { advisor, clock, stalls, serve, propose };
};

it('remembers a request as often as it stands for others', () => {
  const { serve } = world();
  serve(4, 40);
  serve(5);
  expect(timeline?.since(0).map(({ durationMs }) => durationMs)).toEqual([...Array.from({ length: 40 }, () => 4), 5]);
});

describe('advice about code that stops the event loop', () => {
  it('names the line, what it does, and what its absence would have brought at most', async () => {
    const { clock, stalls, serve, propose } = world();
    for (let round = 0; round < 4; round++) {
      await clock.advance(1_000);
      for (let request = 0; request < 20; request++) serve(4);
      await clock.advance(150);
      stalls.push({ at: clock.now(), durationMs: 140, cause: 'sync-crypto', place });
      for (let request = 0; request < 5; request++) serve(144);
    }
    const [proven] = await propose();
    expect(proven).toMatchObject({
      state: 'proven',
      proposal: {
        change: { subject: 'src/sign-in.ts:42' },
        explanation: { en: expect.stringContaining('asynchronous form') },
        evidence: { stallCount: 4, worstMs: 140, cause: 'sync-crypto' },
      },
      proof: { method: 'bound', metric: 'requests.p99', before: 144, after: 4 },
    });
  });

  it('is silent about stalls for which nobody waited, and those without a line', async () => {
    const { clock, stalls, serve, propose } = world();
    for (let round = 0; round < 4; round++) {
      await clock.advance(1_000);
      serve(4);
      await clock.advance(300);
      stalls.push({ at: clock.now() - 100, durationMs: 140, cause: 'code', place });
      stalls.push({ at: clock.now(), durationMs: 90, cause: 'collecting', place: undefined });
    }
    expect(await propose()).toEqual([]);
  });

  it('takes two stalls of a line for chance', async () => {
    const { clock, stalls, serve, propose } = world();
    for (let round = 0; round < 2; round++) {
      await clock.advance(1_000);
      stalls.push({ at: clock.now(), durationMs: 140, cause: 'json', place });
      serve(150);
    }
    expect(await propose()).toEqual([]);
    await clock.advance(1_000);
    stalls.push({ at: clock.now(), durationMs: 140, cause: 'json', place });
    serve(150);
    expect(await propose()).toHaveLength(1);
  });
});

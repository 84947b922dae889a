import { createAdvisor, createAlternatingTrials } from '@dataguardian/advisor';
import { createProfiler } from '@dataguardian/profiler';
import { createAdmission, type Admission, type AdmissionLimits } from '@dataguardian/sessions';
import { createFakeClock, createSeededRandom, type FakeClock } from '@dataguardian/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAdmissionTrace, type AdmissionTrace } from '../src/advice/limits/admission-trace.ts';
import { createLimitsAdvice } from '../src/advice/limits/limits-advice.ts';
import { createReplay } from '../src/advice/limits/replay-admission.ts';

let clock: FakeClock;
let admission: Admission;
let trace: AdmissionTrace;

afterEach(() => {
  admission.close();
  trace.close();
  vi.restoreAllMocks();
});

interface Load {
  readonly userCount: number;
  readonly requestsPerSecond: number;
  readonly heldMs: number;
}

/** A door with these limits, an advisor that may change them, and people who come at random. */
const world = (limits: AdmissionLimits) => {
  clock = createFakeClock();
  // Time stands still here, the loop's too: on a crowded machine its real use would be held against the requests.
  vi.spyOn(performance, 'eventLoopUtilization').mockReturnValue({ idle: 0, active: 0, utilization: 0 });
  const random = createSeededRandom(11);
  // Nothing here takes time of the loop; that of this thread depends on what else the machine does.
  admission = createAdmission({ ...limits, clock, loopActiveMs: () => 0 });
  trace = createAdmissionTrace(clock);
  const trials = createAlternatingTrials({ clock, random: () => random.next() });
  const { rule, prover, actuator } = createLimitsAdvice({ admission: () => admission, trace, trials, clock });
  const advisor = createAdvisor({ rules: [rule], provers: [prover], actuators: [actuator], clock });
  const serve = async (seconds: number, { userCount, requestsPerSecond, heldMs }: Load): Promise<void> => {
    const until = clock.now() + seconds * 1_000;
    while (clock.now() < until) {
      await clock.advance((-Math.log(1 - random.next()) * 1_000) / requestsPerSecond);
      const user = `user ${Math.floor(random.next() * userCount)}`;
      const request = {
        user,
        organisation: undefined,
        kind: 'interactive',
        userId: undefined,
        bytes: () => 0,
      } as const;
      const close = admission.enter(request, () => {
        clock.schedule(heldMs * (0.5 + random.next()), () => {
          if (typeof close === 'function') close();
        });
      });
    }
  };
  const propose = () => advisor.propose(createProfiler({ clock }).snapshot());
  return { advisor, serve, propose };
};

describe('advice about the limits of admission', () => {
  it('replays what was recorded at the present limits close to what was measured', async () => {
    const { serve } = world({ concurrency: 6 });
    await serve(20, { userCount: 30, requestsPerSecond: 130, heldMs: 40 });
    const { responseMs, waitMs } = trace.times(0, clock.now());
    const replayed = await createReplay(trace.since(0)).play(admission.limits());
    expect(waitMs).toBeGreaterThan(3);
    expect(replayed.responseMs / responseMs).toBeGreaterThan(0.9);
    expect(replayed.responseMs / responseMs).toBeLessThan(1.1);
  });

  it('proposes a limit that costs people time, proves it by replay, tries it in turns and keeps its gain', async () => {
    const { advisor, serve, propose } = world({ concurrency: 6 });
    const load = { userCount: 30, requestsPerSecond: 130, heldMs: 40 };
    await serve(20, load);
    const [proven] = await propose();
    expect(proven).toMatchObject({
      state: 'proven',
      proposal: { change: { kind: 'sessions.limits', parameters: { limit: 'concurrency', to: 12 } } },
      proof: { method: 'simulated', better: 'lower' },
    });
    await advisor.apply(proven?.id ?? '', 'anna');
    await serve(97, load);
    await advisor.verify();
    expect((await advisor.list())[0]).toMatchObject({ state: 'verified', verification: { verdict: 'confirmed' } });
    expect(admission.limits().concurrency).toBe(12);
  });

  it('sees when one person is held back by the limit for one person', async () => {
    const { serve, propose } = world({ perUserRunning: 1 });
    await serve(20, { userCount: 4, requestsPerSecond: 60, heldMs: 40 });
    expect((await propose())[0]?.proposal.change.parameters).toMatchObject({ limit: 'perUserRunning' });
  });

  it('sees when people are refused who would have waited little', async () => {
    const { serve, propose } = world({ concurrency: 6, longestWaitMs: 4, perUserRunning: 6 });
    await serve(20, { userCount: 200, requestsPerSecond: 135, heldMs: 40 });
    const [proven] = await propose();
    expect(proven?.proposal.evidence['refusedCount']).toBeGreaterThan(0);
    expect(proven?.proof.after).toBeLessThan((proven?.proof.before ?? 0) / 1.2);
  });

  it('is silent while nobody waits', async () => {
    const { serve, propose } = world({});
    await serve(20, { userCount: 30, requestsPerSecond: 50, heldMs: 20 });
    expect(await propose()).toEqual([]);
  });

  it('does not take a wait that moves from the door to the event loop for a gain', async () => {
    world({});
    const random = createSeededRandom(5);
    let at = 0;
    const busy = Array.from({ length: 2_000 }, (_, user) => {
      at += -Math.log(1 - random.next()) * 12.5;
      const kind = 'interactive' as const;
      return { at, user, organisation: undefined, kind, waitMs: 50, heldMs: 12, busyMs: 12, isRefused: false };
    });
    const limits = { ...admission.limits(), longestWaitMs: 60_000, minimumConcurrency: 1 };
    const replay = createReplay(busy);
    const [few, many] = [
      await replay.play({ ...limits, concurrency: 2 }),
      await replay.play({ ...limits, concurrency: 64 }),
    ];
    expect(few.responseMs / many.responseMs).toBeCloseTo(1, 1);
  });

  it('gives a limit back when it is told to', async () => {
    const { advisor, serve, propose } = world({ concurrency: 6 });
    await serve(20, { userCount: 30, requestsPerSecond: 130, heldMs: 40 });
    const [proven] = await propose();
    await advisor.apply(proven?.id ?? '', 'anna');
    await advisor.revert(proven?.id ?? '', 'bert');
    await clock.advance(60_000);
    expect(admission.limits().concurrency).toBe(6);
  });
});

import { createFakeClock } from '@dataguardian/testing';
import { createProfiler } from '@dataguardian/profiler';
import { createAdvisor, type Ledger } from '@dataguardian/advisor';
import { afterEach, describe, expect, it } from 'vitest';
import { startAdviceLoop } from '../src/advice/advice-loop.ts';
import { combineObservers, superviseProfiler, type Observers } from '../src/observers.ts';

let observers: Observers | undefined;
afterEach(() => observers?.close());

/** A real profiler that is made to fail, on a clock that is turned. */
const world = (failures = 0) => {
  const clock = createFakeClock();
  const profiler = createProfiler({ clock, samplingIntervalMs: 0 });
  const faults: string[] = [];
  let left = failures;
  const supervised = {
    ...profiler,
    start() {
      if (left-- > 0) throw new Error('no inspector');
      profiler.start();
    },
  };
  observers = superviseProfiler({
    profiler: supervised,
    clock,
    onFault: (_component, error) => faults.push(String(error)),
  });
  return { clock, profiler, faults, observers };
};

describe('a profiler that does not start', () => {
  it('is no fault of the program, says so, and is started again with growing pauses', async () => {
    const { clock, faults, observers: watched } = world(3);
    expect(watched.health()).toMatchObject({ status: 'degraded', detail: expect.stringContaining('no inspector') });
    await clock.advance(1_000);
    await clock.advance(2_000);
    expect(faults).toHaveLength(3);
    await clock.advance(4_000);
    await clock.advance(2_000);
    expect(watched.health().status).toBe('up');
    expect(faults).toHaveLength(3);
  });
});

describe('a profiler that falls silent', () => {
  it('is started again', async () => {
    const { clock, profiler, faults, observers: watched } = world();
    await clock.advance(3_000);
    profiler.stop();
    await clock.advance(21_000);
    expect(faults).toEqual([expect.stringContaining('silent')]);
    await clock.advance(2_000);
    expect([watched.health().status, profiler.snapshot(1_500).windows.length > 0]).toEqual(['up', true]);
  });
});

describe('an advisor that waits for a sample to grow', () => {
  it('looks when it is large enough, and not again before its usual time', async () => {
    const clock = createFakeClock();
    const profiler = createProfiler({ clock, samplingIntervalMs: 0 });
    const advisor = createAdvisor({ rules: [], provers: [], actuators: [], clock });
    const startedAt = clock.now();
    const looks: number[] = [];
    const loop = startAdviceLoop({
      advisor: {
        ...advisor,
        propose(snapshot) {
          looks.push(clock.now() - startedAt);
          return advisor.propose(snapshot);
        },
      },
      profiler,
      isReady: () => clock.now() - startedAt >= 5_000,
      clock,
      onFault: () => undefined,
    });
    for (let second = 0; second < 21; second++) await clock.advance(1_000);
    expect(looks).toEqual([6_000, 20_000]);
    loop.close();
  });
});

describe('an advisor whose turns fail', () => {
  it('says so once, goes on turning, and is well again by itself', async () => {
    const clock = createFakeClock();
    const faults: string[] = [];
    const profiler = createProfiler({ clock, samplingIntervalMs: 0 });
    let isBroken = true;
    const advisor = createAdvisor({ rules: [], provers: [], actuators: [], clock });
    const loop = startAdviceLoop({
      advisor: {
        ...advisor,
        propose: (snapshot) => (isBroken ? Promise.reject(new Error('broken')) : advisor.propose(snapshot)),
      },
      profiler,
      clock,
      onFault: (component) => faults.push(component),
    });
    await clock.advance(60_000);
    expect([loop.health().status, faults]).toEqual(['degraded', ['advisor']]);
    const whole = combineObservers([profiler.health(), { status: 'up', detail: '' }, loop.health()]);
    expect(whole.status).toBe('degraded');
    isBroken = false;
    await clock.advance(20_000);
    expect(loop.health().status).toBe('up');
    loop.close();
  });

  it('keeps what it knows while its ledger is away', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('away'));
    const ledger: Ledger = { load: broken, save: broken, claim: broken, release: broken, history: broken };
    const clock = createFakeClock();
    const loop = startAdviceLoop({
      advisor: createAdvisor({ rules: [], provers: [], actuators: [], ledger, clock }),
      profiler: createProfiler({ clock, samplingIntervalMs: 0 }),
      clock,
      onFault: () => undefined,
    });
    await clock.advance(30_000);
    expect(loop.health().status).toBe('up');
    loop.close();
  });
});

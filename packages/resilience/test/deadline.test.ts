import { withDeadline } from '@dataguardian/resilience';
import { createFakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';

const never = (): Promise<never> => new Promise(() => undefined);

describe('a deadline', () => {
  it('rejects and aborts the work when the hard limit passes', async () => {
    const clock = createFakeClock();
    let seen: AbortSignal | undefined;
    const outcome = withDeadline(
      (signal) => {
        seen = signal;
        return never();
      },
      { clock, hardMs: 50 },
    );
    outcome.catch(() => undefined);
    await clock.advance(50);
    await expect(outcome).rejects.toMatchObject({ code: 'RESILIENCE_DEADLINE_EXCEEDED' });
    expect(seen?.aborted).toBe(true);
  });

  it('answers at the soft limit while the work goes on to its end', async () => {
    const clock = createFakeClock();
    let finished = false;
    const outcome = withDeadline(
      async () => {
        await clock.sleep(30);
        finished = true;
        return 'fresh';
      },
      { clock, softMs: 10, onSoft: () => 'stale', hardMs: 50 },
    );
    await clock.advance(10);
    expect([await outcome, finished]).toEqual(['stale', false]);
    await clock.advance(20);
    expect(finished).toBe(true);
  });

  it('waits on when there is nothing to answer at the soft limit', async () => {
    const clock = createFakeClock();
    const work = async (): Promise<string> => {
      await clock.sleep(30);
      return 'fresh';
    };
    const outcome = withDeadline(work, { clock, softMs: 10, onSoft: () => undefined, hardMs: 50 });
    await clock.advance(30);
    expect(await outcome).toBe('fresh');
  });

  it('passes on the abort of its caller', async () => {
    const controller = new AbortController();
    const outcome = withDeadline(never, { clock: createFakeClock(), hardMs: 50, signal: controller.signal });
    controller.abort(new Error('caller left'));
    await expect(outcome).rejects.toThrow('caller left');
  });

  it('leaves no timer behind', async () => {
    const clock = createFakeClock();
    await withDeadline(async () => 1, { clock, softMs: 5, onSoft: () => 2, hardMs: 50 });
    expect(clock.timerCount).toBe(0);
  });
});

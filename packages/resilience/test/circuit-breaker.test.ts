import { createCircuitBreaker } from '@dataguardian/resilience';
import { createFakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';

function breakerWorld(options: { halfOpenProbes?: number; random?: () => number } = {}) {
  const clock = createFakeClock();
  const states: string[] = [];
  const breaker = createCircuitBreaker({
    clock,
    failureThreshold: 3,
    openMs: 100,
    ...options,
    onChange: (state) => states.push(state),
  });
  const failTimes = (times: number): void => {
    for (let time = 0; time < times; time++) breaker.fail();
  };
  return { clock, breaker, states, failTimes };
}

describe('the circuit breaker', () => {
  it('opens after the configured failures in a row, and not before', () => {
    const { breaker, failTimes } = breakerWorld();
    failTimes(2);
    breaker.succeed();
    failTimes(2);
    expect(breaker.state).toBe('closed');
    failTimes(1);
    expect(breaker.state).toBe('open');
  });

  it('refuses to run work while open', async () => {
    const { breaker, failTimes } = breakerWorld();
    failTimes(3);
    await expect(breaker.run(async () => 1)).rejects.toMatchObject({ code: 'RESILIENCE_CIRCUIT_OPEN' });
  });

  it('lets as many probes through as configured and closes when all went well', async () => {
    const { breaker, clock, failTimes, states } = breakerWorld({ halfOpenProbes: 2 });
    failTimes(3);
    await clock.advance(100);
    expect([breaker.allow(), breaker.allow(), breaker.allow()]).toEqual([true, true, false]);
    breaker.succeed();
    expect(breaker.state).toBe('halfOpen');
    breaker.succeed();
    expect(states).toEqual(['open', 'halfOpen', 'closed']);
  });

  it('opens again when a probe fails', async () => {
    const { breaker, clock, failTimes } = breakerWorld();
    failTimes(3);
    await clock.advance(100);
    expect(breaker.allow()).toBe(true);
    breaker.fail();
    expect([breaker.state, breaker.allow()]).toEqual(['open', false]);
  });

  it('spreads the pause by up to a fifth', async () => {
    const { breaker, clock, failTimes } = breakerWorld({ random: () => 1 });
    failTimes(3);
    await clock.advance(119);
    expect(breaker.allow()).toBe(false);
    await clock.advance(1);
    expect(breaker.allow()).toBe(true);
  });

  it('names every wrong option in one error', () => {
    expect(() => createCircuitBreaker({ failureThreshold: 0, halfOpenProbes: 0 })).toThrow(
      /failureThreshold.*halfOpenProbes/,
    );
  });
});

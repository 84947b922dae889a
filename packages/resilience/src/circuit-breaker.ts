import { type Clock, systemClock } from '@dataguardian/telemetry';
import { assertOptions, ResilienceError } from './errors.ts';

/** `halfOpen` lets a few probes through to find out whether the other side is back. */
export type CircuitState = 'closed' | 'open' | 'halfOpen';

/** When a breaker opens, and how it closes again. */
export interface CircuitBreakerOptions {
  readonly clock?: Clock;
  /** Failures in a row that open it. @defaultValue 5 */
  readonly failureThreshold?: number;
  /** How long it stays open before it lets probes through, in milliseconds. @defaultValue 1_000 */
  readonly openMs?: number;
  /** Probes that must succeed in a row to close it; also how many run at once. @defaultValue 1 */
  readonly halfOpenProbes?: number;
  /** Spreads `openMs` by +-20%, so that processes do not probe in step. A source of numbers in [0, 1). */
  readonly random?: () => number;
  /** Hears of every change of state. */
  readonly onChange?: (state: CircuitState) => void;
}

/** Stops asking somebody who does not answer. */
export interface CircuitBreaker {
  readonly state: CircuitState;
  /**
   * Runs `work` and learns from its outcome.
   * @throws ResilienceError RESILIENCE_CIRCUIT_OPEN when it may not run now.
   */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Whether a call may go out now. A `true` in `halfOpen` takes a probe: report it by `succeed` or `fail`. */
  allow(): boolean;
  /** Reports that an allowed call went well. */
  succeed(): void;
  /** Reports that an allowed call failed. */
  fail(): void;
}

const JITTER_RATIO = 0.2;

/** A breaker after Nygard, Release It!, 2nd edition, 2018, with jitter and a number of probes. */
export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { clock = systemClock, failureThreshold = 5, openMs = 1_000, halfOpenProbes = 1, random, onChange } = options;
  assertOptions([
    failureThreshold < 1 && 'failureThreshold must be at least 1',
    openMs < 0 && 'openMs must not be negative',
    halfOpenProbes < 1 && 'halfOpenProbes must be at least 1',
  ]);
  let state: CircuitState = 'closed';
  let failures = 0;
  let reopensAt = 0;
  let probesOut = 0;
  let probesDone = 0;

  const enter = (next: CircuitState): void => {
    if (next === state) return;
    state = next;
    onChange?.(next);
  };
  const open = (): void => {
    const spread = random === undefined ? 1 : 1 + (random() * 2 - 1) * JITTER_RATIO;
    reopensAt = clock.monotonic() + openMs * spread;
    enter('open');
  };

  const breaker: CircuitBreaker = {
    get state() {
      return state;
    },
    async run(work) {
      if (!breaker.allow()) throw new ResilienceError('RESILIENCE_CIRCUIT_OPEN');
      try {
        const result = await work();
        breaker.succeed();
        return result;
      } catch (error) {
        breaker.fail();
        throw error;
      }
    },
    allow() {
      if (state === 'closed') return true;
      if (state === 'open') {
        if (clock.monotonic() < reopensAt) return false;
        probesOut = 0;
        probesDone = 0;
        enter('halfOpen');
      }
      if (probesOut >= halfOpenProbes) return false;
      probesOut += 1;
      return true;
    },
    succeed() {
      failures = 0;
      if (state !== 'halfOpen') return;
      probesDone += 1;
      if (probesDone >= halfOpenProbes) enter('closed');
    },
    fail() {
      if (state === 'halfOpen') {
        open();
        return;
      }
      failures += 1;
      if (state === 'closed' && failures >= failureThreshold) {
        failures = 0;
        open();
      }
    },
  };
  return breaker;
}

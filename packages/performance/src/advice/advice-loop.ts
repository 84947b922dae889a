import type { Advisor } from '@dataguardian/advisor';
import type { Profiler } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';

/** What the loop turns. */
export interface AdviceLoopOptions {
  readonly advisor: Advisor;
  readonly profiler: Profiler;
  readonly clock: Clock;
  readonly onFault: (component: string, error: unknown) => void;
}

/** A fault is to become a proven recommendation within a minute: two looks fit, and the proof. */
const PROPOSE_MS = 20_000;
/** Harm is to be taken back within two minutes of its being done; verdicts fall every 25 s. */
const VERIFY_MS = 5_000;

/** Turns observe -> recommend -> prove and apply -> verify, each by itself and never twice at once. Returns the end. */
export function startAdviceLoop({ advisor, profiler, clock, onFault }: AdviceLoopOptions): () => void {
  const guarded = (work: () => Promise<unknown>): (() => void) => {
    let isRunning = false;
    return () => {
      if (isRunning) return;
      isRunning = true;
      work()
        .catch((error: unknown) => onFault('advisor', error))
        .finally(() => {
          isRunning = false;
        });
    };
  };
  const timers = [
    clock.repeat(
      PROPOSE_MS,
      guarded(() => advisor.propose(profiler.snapshot())),
    ),
    clock.repeat(
      VERIFY_MS,
      guarded(() => advisor.verify()),
    ),
  ];
  return () => {
    for (const timer of timers) timer.cancel();
  };
}

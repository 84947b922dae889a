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

/** Turns observe -> recommend -> prove and apply -> verify, each by itself; no rule looks twice at once. Returns the end. */
export function startAdviceLoop({ advisor, profiler, clock, onFault }: AdviceLoopOptions): () => void {
  const report = (error: unknown): void => onFault('advisor', error);
  let isVerifying = false;
  const verify = async (): Promise<void> => {
    if (isVerifying) return;
    isVerifying = true;
    try {
      await advisor.verify();
    } finally {
      isVerifying = false;
    }
  };
  const propose = async (): Promise<void> => {
    await advisor.propose(profiler.snapshot());
  };
  const timers = [
    clock.repeat(PROPOSE_MS, () => void propose().catch(report)),
    clock.repeat(VERIFY_MS, () => void verify().catch(report)),
  ];
  return () => {
    for (const timer of timers) timer.cancel();
  };
}

import type { Advisor } from '@dataguardian/advisor';
import type { Profiler } from '@dataguardian/profiler';
import type { Clock, ComponentHealth } from '@dataguardian/telemetry';

/** What the loop turns. */
export interface AdviceLoopOptions {
  readonly advisor: Advisor;
  readonly profiler: Profiler;
  /** Whether evidence that grows with time is complete: it is looked at then. @defaultValue it never is */
  readonly isReady?: () => boolean;
  readonly clock: Clock;
  readonly onFault: (component: string, error: unknown) => void;
}

/** A fault is to become a proven recommendation within a minute: two looks fit, and the proof. */
const PROPOSE_MS = 20_000;
/** How long complete evidence waits at most. */
const READY_MS = 2_000;
/** Harm is to be taken back within two minutes of its being done; verdicts fall every 25 s. */
const VERIFY_MS = 5_000;

type Turn = 'propose' | 'ready' | 'verify';

/** The loop while it turns. */
export interface AdviceLoop {
  health(): ComponentHealth;
  close(): void;
}

/** Turns observe -> recommend -> prove and apply -> verify, each by itself; no rule looks twice at once. A turn that fails is no end. */
export function startAdviceLoop(options: AdviceLoopOptions): AdviceLoop {
  const { advisor, profiler, isReady = () => false, clock, onFault } = options;
  const failures = new Map<Turn, string>();
  const running = new Set<'verify'>();
  const turn = async (name: Turn, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      failures.delete(name);
    } catch (error) {
      // Said once until it works again.
      if (!failures.has(name)) onFault('advisor', error);
      failures.set(name, error instanceof Error ? error.message : String(error));
    }
  };
  const verifyOnce = async (): Promise<void> => {
    if (running.has('verify')) return;
    running.add('verify');
    await turn('verify', () => advisor.verify());
    running.delete('verify');
  };
  const proposeOnce = (): Promise<void> => turn('propose', async () => advisor.propose(profiler.snapshot()));
  let wasReady = false;
  /** A sample that is large enough now need not wait for the next look. */
  const lookWhenReady = async (): Promise<void> => {
    const isReadyNow = isReady();
    const hasJustComeTrue = isReadyNow && !wasReady;
    wasReady = isReadyNow;
    if (hasJustComeTrue) await proposeOnce();
  };
  const timers = [
    clock.repeat(PROPOSE_MS, () => void proposeOnce()),
    clock.repeat(READY_MS, () => void turn('ready', lookWhenReady)),
    clock.repeat(VERIFY_MS, () => void verifyOnce()),
  ];
  return {
    health() {
      const [failure] = failures.values();
      return failure === undefined
        ? { status: 'up', detail: 'The advisor looks every 20 s, and when a sample has become large enough.' }
        : { status: 'degraded', detail: `The advisor gives no advice: ${failure}` };
    },
    close() {
      for (const timer of timers) timer.cancel();
    },
  };
}

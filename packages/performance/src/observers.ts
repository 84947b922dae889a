import type { Profiler } from '@dataguardian/profiler';
import type { Clock, ComponentHealth, Timer } from '@dataguardian/telemetry';

/** What is kept running. */
export interface ObserverOptions {
  readonly profiler: Pick<Profiler, 'start' | 'stop' | 'onWindow' | 'health'>;
  readonly clock: Clock;
  readonly onFault: (component: string, error: unknown) => void;
}

/** Keeps the profiler observing: what does not start is started again, and what has fallen silent too. */
export interface Observers {
  health(): ComponentHealth;
  close(): void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const LOOK_MS = 5_000;
/** A window ends every second; a process that stands still for long is no dead profiler. */
const SILENT_MS = 15_000;

/** Starts the profiler, and again whenever it is found dead. */
export function superviseProfiler({ profiler, clock, onFault }: ObserverOptions): Observers {
  let heardAt = clock.monotonic();
  let lookedAt = heardAt;
  let retryMs = FIRST_RETRY_MS;
  let failure: string | undefined;
  let retry: Timer | undefined;
  const stopListening = profiler.onWindow(() => {
    heardAt = clock.monotonic();
    retryMs = FIRST_RETRY_MS;
    failure = undefined;
  });

  const start = (): void => {
    retry = undefined;
    try {
      profiler.start();
      heardAt = clock.monotonic();
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      onFault('profiler', error);
      retry = clock.schedule(retryMs, start);
      retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
    }
  };

  const watching = clock.repeat(LOOK_MS, () => {
    const now = clock.monotonic();
    const wasAsleep = now - lookedAt > LOOK_MS * 2;
    lookedAt = now;
    // After a long pause of the whole process nobody could have heard anything.
    if (wasAsleep) heardAt = now;
    if (retry !== undefined || now - heardAt < SILENT_MS) return;
    failure = 'It had fallen silent and was started again.';
    onFault('profiler', new Error(failure));
    try {
      profiler.stop();
    } catch (error) {
      onFault('profiler', error);
    }
    start();
  });
  start();

  return {
    health() {
      if (failure === undefined) return profiler.health();
      return { status: 'degraded', detail: `Requests are served without being observed: ${failure}` };
    },
    close() {
      watching.cancel();
      retry?.cancel();
      stopListening();
      profiler.stop();
    },
  };
}

/** One status for what observes and advises: the first that is not up says why. */
export function combineObservers(parts: readonly ComponentHealth[]): ComponentHealth {
  const [first = { status: 'up', detail: '' } as const] = parts;
  return parts.find(({ status }) => status !== 'up') ?? first;
}

/** Rests while the process has nothing to do: waking up is most of what an idle process pays. */
export interface IdleRest {
  /** To be called once a window. @param cpuMs Processor time of the main thread in it. */
  observe(cpuMs: number, durationMs: number): void;
  /** A request or job begins: from now on everything is watched. */
  wake(): void;
}

/** What rests. */
export interface IdleRestParts {
  readonly rest: () => void;
  readonly resume: () => void;
  /** Whether requests or jobs are under way. */
  readonly isServing: () => boolean;
}

/** What the profiler itself takes stays below. */
const IDLE_RATIO = 0.02;
/** Idle windows in a row. */
const WINDOWS = 5;

/** Creates a rest that is awake. */
export function createIdleRest({ rest, resume, isServing }: IdleRestParts): IdleRest {
  let idleCount = 0;
  let isResting = false;
  const wake = (): void => {
    idleCount = 0;
    if (!isResting) return;
    isResting = false;
    resume();
  };
  return {
    observe(cpuMs, durationMs) {
      if (isServing() || cpuMs > durationMs * IDLE_RATIO) {
        wake();
        return;
      }
      idleCount += 1;
      if (idleCount < WINDOWS || isResting) return;
      isResting = true;
      rest();
    },
    wake,
  };
}

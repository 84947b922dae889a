import { createHistogram, type Clock, type Histogram, type Timer } from '@dataguardian/telemetry';
import type { TimeScale } from './time-scale.ts';

/** A stretch of time in which the loop could not turn; microseconds of the monotonic clock. */
export interface Stillness {
  readonly fromUs: number;
  readonly toUs: number;
  /** How much later than due the loop turned. */
  readonly lateMs: number;
  /** CPU time of the main thread in the stretch; low when the machine was busy elsewhere or the thread slept. */
  readonly cpuMs: number;
}

/** Notices when the event loop does not turn, and measures by how much it is late. */
export interface Heartbeat {
  start(): void;
  stop(): void;
  /** Beats once a second until {@link wake}: nothing is under way that a block could keep waiting. */
  rest(): void;
  /** Beats as usual again. */
  wake(): void;
  /** Lateness since the last reading, in milliseconds. */
  readonly lateness: Histogram;
  /** Looks at the clock at once: what follows may run before a late beat does. */
  beat(): void;
  /** Stretches not yet taken. */
  take(): readonly Stillness[];
  /** Time for which the loop stood still without using the processor since this was last asked, in milliseconds. */
  takeHeldMs(): number;
}

/** Waking up is most of what an idle process pays: as seldom as a block of 100 ms allows. */
const BEAT_MS = 60;
/** A block of 100 ms makes the beat at least 40 ms late; timers alone are late by a few milliseconds. */
const LATE_MS = 35;
const RESTING_MS = 1_000;
const MOST_KEPT = 200;

/**
 * @param onLate Called after a late beat, on the loop that was late.
 * @param onBeat Called with each beat, before that.
 */
export function createHeartbeat(
  clock: Clock,
  scale: TimeScale,
  onLate: (lateMs: number) => void,
  onBeat: () => void = () => undefined,
): Heartbeat {
  const lateness = createHistogram();
  let kept: Stillness[] = [];
  let ticking: Timer | undefined;
  let last = 0;
  let lastCpuMs = 0;
  let heldMs = 0;
  let periodMs = BEAT_MS;

  const beat = (): void => {
    const now = clock.monotonic();
    const cpuMs = threadCpuMs();
    const lateMs = Math.max(0, now - last - periodMs);
    lateness.record(lateMs);
    onBeat();
    if (lateMs >= LATE_MS) {
      heldMs += Math.max(0, lateMs - (cpuMs - lastCpuMs));
      if (kept.length < MOST_KEPT)
        kept.push({
          fromUs: scale.toUs(last),
          toUs: scale.toUs(now),
          lateMs,
          cpuMs: cpuMs - lastCpuMs,
        });
      onLate(lateMs);
    }
    last = now;
    lastCpuMs = cpuMs;
  };

  const setPeriod = (newPeriodMs: number): void => {
    if (ticking === undefined || newPeriodMs === periodMs) return;
    beat();
    ticking.cancel();
    periodMs = newPeriodMs;
    ticking = clock.repeat(periodMs, beat);
  };

  return {
    lateness,
    rest: () => setPeriod(RESTING_MS),
    wake: () => setPeriod(BEAT_MS),
    beat() {
      if (ticking !== undefined) beat();
    },
    start() {
      if (ticking !== undefined) return;
      last = clock.monotonic();
      lastCpuMs = threadCpuMs();
      periodMs = BEAT_MS;
      ticking = clock.repeat(periodMs, beat);
    },
    stop() {
      ticking?.cancel();
      ticking = undefined;
    },
    take() {
      const taken = kept;
      kept = [];
      return taken;
    },
    takeHeldMs() {
      const taken = heldMs;
      heldMs = 0;
      return taken;
    },
  };
}

/** Processor time of this thread, in milliseconds. */
export function threadCpuMs(): number {
  // Node 22 cannot tell threads apart; the process' time is an upper bound there.
  const { user, system } = typeof process.threadCpuUsage === 'function' ? process.threadCpuUsage() : process.cpuUsage();
  return (user + system) / 1_000;
}

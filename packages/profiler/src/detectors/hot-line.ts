import type { Detector } from '../bottlenecks.ts';
import { findCpuLines } from './cpu-lines.ts';
import { elapsedMs } from '../evidence.ts';

/** The loop has no room left for others. */
const BUSY_RATIO = 0.8;

/**
 * Rule: while the loop is busy for four fifths of the clock, one line of the program alone takes half of the clock,
 * though no single turn is long. Queueing theory's knee: at 80% use a request waits four times its service time.
 */
export const hotLine: Detector = {
  rule: 'hot-line',
  detect(evidence) {
    const busyMs = evidence.windows.reduce(
      (sum, { runtime, durationMs }) => sum + runtime.loopUtilisationRatio * durationMs,
      0,
    );
    if (busyMs < elapsedMs(evidence) * BUSY_RATIO) return [];
    return findCpuLines(evidence, {
      rule: 'hot-line',
      cause: 'code',
      stallMs: Number.POSITIVE_INFINITY,
      totalMs: 500,
      share: 0.5,
      verb: 'takes most of the processor',
    });
  },
};

import type { Detector } from '../bottlenecks.ts';
import { findCpuLines } from './cpu-lines.ts';

/**
 * Rule: a regular expression runs for 50 ms at once, or takes a fifth of the clock and 200 ms in all. A sound
 * expression reads a kilobyte in microseconds; only backtracking (Davis et al., The Impact of Regular Expression Denial
 * of Service, FSE 2018) makes one run that long.
 */
export const catastrophicRegexp: Detector = {
  rule: 'catastrophic-regexp',
  detect: (evidence) =>
    findCpuLines(evidence, {
      rule: 'catastrophic-regexp',
      cause: 'regexp',
      stallMs: 50,
      totalMs: 200,
      share: 0.2,
      verb: 'runs a regular expression that backtracks',
    }),
};

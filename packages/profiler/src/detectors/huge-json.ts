import type { Detector } from '../bottlenecks.ts';
import { findCpuLines } from './cpu-lines.ts';

/**
 * Rule: a line that calls `JSON.parse`, `JSON.stringify` or `structuredClone` stops the loop for 50 ms of processor
 * time, or takes a tenth of the clock and 100 ms in all. V8 shows no frame for these calls, so the line's own time is read
 * together with its words. 50 ms is about 5 MB of text on one core of today, and half of what a person notices.
 */
export const hugeJson: Detector = {
  rule: 'huge-json',
  detect: (evidence) =>
    findCpuLines(evidence, {
      rule: 'huge-json',
      cause: 'json',
      stallMs: 50,
      totalMs: 100,
      share: 0.1,
      verb: 'parses or prints much JSON',
    }),
};

import type { Detector } from '../bottlenecks.ts';
import { elapsedMs } from '../evidence.ts';
import type { AllocationSite } from '../memory/heap-sampler.ts';
import type { Window } from '../windows.ts';
import { toLocation } from '../sampling/frame.ts';
import { hotLine } from './hot-line.ts';

/** Rule: what survives full collections grows steadily (`memory/heap-trend.ts`); the site that holds most is named. */
export const memoryLeak: Detector = {
  rule: 'memory-leak',
  detect({ memory: { trend, sites }, at }) {
    if (!trend.isGrowing) return [];
    const [site] = sites;
    const heldBytes = sites.reduce((sum, { bytes }) => sum + bytes, 0);
    const minutes = Math.min(trend.minutesToLimit, 1e6);
    return [
      {
        rule: 'memory-leak',
        subject: site?.functionName ?? '',
        severity: minutes <= 60 ? 'high' : 'medium',
        title: `The heap that survives collection grows by ${(trend.bytesPerMinute / 1024 / 1024).toFixed(1)} MB a minute${heldBy(site)}`,
        evidence: {
          bytesPerMinute: trend.bytesPerMinute,
          grownBytes: trend.grownBytes,
          collectionCount: trend.readingCount,
          minutesToLimit: minutes,
          siteBytes: site?.bytes ?? 0,
        },
        location: site?.location,
        share: heldBytes > 0 ? (site?.bytes ?? 0) / heldBytes : 0,
        since: at,
      },
    ];
  },
};

function heldBy(site: AllocationSite | undefined): string {
  return site?.holder === undefined ? '' : `, held by ${site.holder.name} (${site.holder.type})`;
}

/** Node's own advice and Oracle's ergonomics ask for collection below 10% of the time. */
const HIGH_GC_RATIO = 0.1;
/** Of the time in which the loop works at all. */
const HIGH_BUSY_RATIO = 0.2;
const LEAST_GC_MS = 100;
/** A function that computes for so many times as long as is collected is hot, and allocates besides. */
const HOT_RATIO = 3;
/** On a crowded machine a few collections take long because they wait for a processor. */
const FEWEST_COLLECTIONS = 30;

/**
 * Rule: in half of the windows, and two at least, collecting takes a tenth of the clock (or a twentieth, and a fifth of
 * the loop's busy time), and 100 ms in all. Starting up allocates much, once. Blamed is the line that collections
 * interrupt most. Left to `hot-line` where one function computes for three times as long as is collected.
 */
export const gcPressure: Detector = {
  rule: 'gc-pressure',
  detect(evidence) {
    const gcMs = evidence.windows.reduce((sum, { runtime }) => sum + runtime.gcMs, 0);
    const ratio = gcMs / elapsedMs(evidence);
    const heavyCount = evidence.windows.filter(isHeavy).length;
    const gcCount = evidence.windows.reduce((sum, { runtime }) => sum + runtime.gcCount, 0);
    if (
      gcMs < LEAST_GC_MS ||
      gcCount < FEWEST_COLLECTIONS ||
      heavyCount < 2 ||
      heavyCount < evidence.windows.length / 2
    )
      return [];
    if (hotLine.detect(evidence).some(({ share }) => share >= ratio * HOT_RATIO)) return [];
    const byTime = evidence.hotLines.toSorted((a, b) => b.durationMs - a.durationMs);
    // Who allocates is on the stack when it is interrupted, and busy anyway.
    const line = byTime.find(({ cause }) => cause === 'collecting') ?? byTime[0];
    return [
      {
        rule: 'gc-pressure',
        subject: line?.functionName ?? '',
        // Where no line of the program is interrupted, Node itself allocates: streams of files, say.
        severity: line === undefined ? 'low' : ratio >= 0.3 ? 'high' : 'medium',
        title: `Collecting garbage takes ${Math.round(ratio * 100)}% of the clock`,
        evidence: { gcRatio: ratio, gcMs, gcCount },
        location: line === undefined ? undefined : toLocation(line.file, line.line),
        share: Math.min(1, ratio),
        since: evidence.since,
      },
    ];
  },
};

function isHeavy({ runtime, durationMs }: Window): boolean {
  const clockRatio = runtime.gcMs / Math.max(1, durationMs);
  const busyRatio = runtime.gcMs / Math.max(1, runtime.loopUtilisationRatio * durationMs);
  return clockRatio >= HIGH_GC_RATIO || (clockRatio >= HIGH_GC_RATIO / 2 && busyRatio >= HIGH_BUSY_RATIO);
}

/** Rule: Node warned that an emitter has more listeners than it allows; the warning's stack names who added the last. */
export const listenerLeak: Detector = {
  rule: 'listener-leak',
  detect: ({ resources, siteOf }) =>
    resources.listenerLeaks.map(({ emitter, event, listenerCount, at, stack }) => ({
      rule: 'listener-leak',
      subject: `${emitter} "${event}"`,
      severity: 'medium',
      title: `${listenerCount} listeners wait for "${event}" of one ${emitter}, and nobody takes them off`,
      evidence: { listenerCount },
      location: siteOf(stack),
      share: 0,
      since: at,
    })),
};

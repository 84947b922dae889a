import type { Bottleneck, Detector } from '../bottlenecks.ts';
import { elapsedMs } from '../evidence.ts';
import type { HotLine } from '../sampling/continuous-profile.ts';
import { toLocation } from '../sampling/frame.ts';
import { percent } from './cpu-lines.ts';

/** The loop has no room left for others. */
const BUSY_RATIO = 0.8;
const LEAST_MS = 500;
/** Of the clock, for one function by itself. */
const SHARE = 0.5;
const HIGH_SHARE = 0.8;

/**
 * Rule: while the loop is busy for four fifths of the clock, one function of the program by itself takes half of the
 * clock, though no single turn is long; named is its line with most samples. Queueing theory's knee: at 80% use a request
 * waits four times its service time. Of a module's own lines it is said with low severity: no request waits for them, but
 * whoever profiles a script wants to know.
 */
export const hotLine: Detector = {
  rule: 'hot-line',
  detect(evidence) {
    const clockMs = elapsedMs(evidence);
    const busyMs = evidence.windows.reduce(
      (sum, { runtime, durationMs }) => sum + runtime.loopUtilisationRatio * durationMs,
      0,
    );
    if (busyMs < clockMs * BUSY_RATIO) return [];
    const lines = evidence.hotLines.filter(({ cause }) => cause === 'code');
    return [...Map.groupBy(lines, ({ file, functionName }) => `${file} ${functionName}`).values()].flatMap((own) => {
      const totalMs = sumOf(own);
      const [hottest] = [...Map.groupBy(own, ({ line }) => line).values()].toSorted((a, b) => sumOf(b) - sumOf(a));
      const [line] = hottest ?? [];
      if (line === undefined || totalMs < LEAST_MS || totalMs / clockMs < SHARE) return [];
      const { file, functionName, route } = line;
      return [
        {
          rule: 'hot-line' as const,
          subject: route || functionName,
          severity: severityOf(sumOf(own.filter(({ isLoading }) => !isLoading)) / clockMs),
          title: `${functionName} takes most of the processor: ${Math.round(totalMs)} ms, ${percent(totalMs / clockMs)} of the clock`,
          evidence: { totalMs, lineMs: sumOf(hottest ?? []) },
          location: toLocation(file, line.line),
          share: Math.min(1, totalMs / clockMs),
          since: evidence.since,
        },
      ];
    });
  },
};

function severityOf(share: number): Bottleneck['severity'] {
  if (share < SHARE) return 'low';
  return share >= HIGH_SHARE ? 'high' : 'medium';
}

function sumOf(lines: readonly HotLine[]): number {
  return lines.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

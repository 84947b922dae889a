import type { Detector } from '../bottlenecks.ts';
import type { Span } from '../tracing/span.ts';
import type { Trace } from '../tracing/trace.ts';
import { toTypical } from './typical.ts';

/** One retry is prudence, two are hope (Google, Site Reliability Engineering, 2016, ch. 22: at most two per request). */
const FEWEST_FAILED = 3;
/** A retry that backs off waits at least as long as this in between; a storm does not. */
const SHORTEST_PAUSE_MS = 100;

/** Rule: half of a route's requests try one host three times in vain, pausing less than 100 ms in between. */
export const retryStorm: Detector = {
  rule: 'retry-storm',
  detect: ({ traces }) =>
    toTypical(traces, stormsOf).map(({ route, key, parts, traceMs, since }) => {
      const attempts = parts.reduce((sum, part) => sum + part.length, 0) / parts.length;
      const totalMs = parts.flat().reduce((sum, { durationMs }) => sum + durationMs, 0);
      return {
        rule: 'retry-storm',
        subject: key,
        severity: attempts >= 5 ? 'high' : 'medium',
        title: `${route} tries ${key} ${attempts.toFixed(1)} times a request although it fails`,
        evidence: { attemptCount: attempts, totalMs, requestCount: parts.length },
        location: parts.flat().find(({ site }) => site !== undefined)?.site,
        share: Math.min(1, totalMs / Math.max(1, traceMs)),
        since,
      };
    }),
};

function stormsOf({ spans }: Trace): ReadonlyMap<string, readonly Span[]> {
  const groups = Map.groupBy(
    spans.filter(({ kind, failed }) => kind === 'fetch' && failed),
    ({ name }) => name,
  );
  for (const [name, group] of groups) {
    const ordered = group.toSorted((a, b) => a.startMs - b.startMs);
    const pauses = ordered
      .slice(1)
      .map((span, index) => span.startMs - ((ordered[index]?.startMs ?? 0) + (ordered[index]?.durationMs ?? 0)));
    const isStorm = ordered.length >= FEWEST_FAILED && pauses.every((pauseMs) => pauseMs < SHORTEST_PAUSE_MS);
    if (!isStorm) groups.delete(name);
  }
  return groups;
}

import type { Detector } from '../bottlenecks.ts';
import { peakConcurrency, unionMs, type Trace } from '../tracing/trace.ts';
import type { Span } from '../tracing/span.ts';
import { toTypical } from './typical.ts';

/** More at once than the largest pool of the platform has connections, or than a browser or agent opens to one host. */
const MANY = 50;
const KINDS = new Set(['sql', 'fetch', 'fs', 'dns', 'redis', 'crypto', 'zlib']);

/** Rule: half of a route's requests (or a job) have 50 or more waits of one kind open at the same time. */
export const unboundedConcurrency: Detector = {
  rule: 'unbounded-concurrency',
  detect: ({ traces }) =>
    toTypical(traces, crowdsOf).map(({ route, key, parts, traceMs, since }) => {
      const peak = Math.max(...parts.map(peakConcurrency));
      const totalMs = parts.reduce((sum, part) => sum + unionMs(part), 0);
      return {
        rule: 'unbounded-concurrency',
        subject: route,
        severity: peak >= MANY * 4 ? 'high' : 'medium',
        title: `${route} has ${peak} ${key} operations open at once`,
        evidence: { peakCount: peak, totalMs, requestCount: parts.length },
        location: parts.flat().find(({ site }) => site !== undefined)?.site,
        share: Math.min(1, totalMs / Math.max(1, traceMs)),
        since,
      };
    }),
};

function crowdsOf({ spans }: Trace): ReadonlyMap<string, readonly Span[]> {
  const groups = Map.groupBy(
    spans.filter(({ kind, isSync }) => KINDS.has(kind) && isSync !== true),
    ({ kind }) => kind as string,
  );
  for (const [kind, group] of groups) if (peakConcurrency(group) < MANY) groups.delete(kind);
  return groups;
}

import type { Bottleneck, Detector } from '../bottlenecks.ts';
import { unionMs, type Trace } from '../tracing/trace.ts';
import type { Span } from '../tracing/span.ts';
import { toTypical } from './typical.ts';

/** Repeats that count whatever they cost, and repeats that count when they cost. */
const MANY = 10;
const SEVERAL = 5;
/** Sentry's published rule asks for the same: more than about five spans and 50 ms in all. */
const COSTLY_MS = 50;
const CHEAPEST_MS = 1;
const NO_WORK = /^\s*(?:begin|commit|rollback|start|savepoint|release|set)\b/i;

/**
 * Rule: in at least half of a route's requests the same statement (or request to one host, one after the other) is sent
 * ten times, or five times taking 50 ms together. Sequential and parallel repeats alike; what the query cache answered
 * does not count. Jobs that work through batches are no requests and stay unmentioned.
 */
export const nPlusOne: Detector = {
  rule: 'n-plus-one',
  detect: ({ traces }) =>
    toTypical(
      traces.filter(({ kind }) => kind === 'request'),
      repeatsOf,
    ).map(({ route, key, parts, traceMs, since }): Bottleneck => {
      const spans = parts.flatMap((part) => part);
      const totalMs = parts.reduce((sum, part) => sum + unionMs(part), 0);
      const count = Math.round(spans.length / parts.length);
      const [first] = spans;
      const isSql = first?.kind === 'sql';
      return {
        rule: 'n-plus-one',
        subject: key,
        severity: totalMs / Math.max(1, traceMs) >= 0.3 || count >= 50 ? 'high' : 'medium',
        title: `${route} ${isSql ? 'sends one statement' : 'asks one host'} ${count} times a request`,
        evidence: { repeatCount: count, totalMs, requestCount: parts.length, meanMs: totalMs / parts.length },
        location:
          spans.find(({ site }) => site !== undefined)?.site ??
          (isSql ? `statement ${first?.fingerprint ?? ''}` : undefined),
        share: Math.min(1, totalMs / Math.max(1, traceMs)),
        since,
      };
    }),
};

function repeatsOf({ spans }: Trace): ReadonlyMap<string, readonly Span[]> {
  const candidates = spans.filter(
    ({ kind, verdict, name, failed }) =>
      (kind === 'sql' && verdict !== 'hit' && !NO_WORK.test(name)) || (kind === 'fetch' && !failed),
  );
  const repeated = new Map<string, readonly Span[]>();
  for (const [key, group] of Map.groupBy(candidates, ({ name, kind, site }) =>
    kind === 'sql' ? name : `${name} ${site ?? ''}`,
  )) {
    const totalMs = unionMs(group);
    const isSequential =
      group[0]?.kind === 'sql' || totalMs >= group.reduce((sum, { durationMs }) => sum + durationMs, 0) * 0.8;
    const counts =
      (group.length >= MANY && totalMs >= CHEAPEST_MS) || (group.length >= SEVERAL && totalMs >= COSTLY_MS);
    if (counts && isSequential) repeated.set(key, group);
  }
  return repeated;
}

import type { Bottleneck, BottleneckRule, Detector } from '../bottlenecks.ts';
import { elapsedMs, type Evidence } from '../evidence.ts';
import type { SpanKind } from '../tracing/span.ts';
import { findCpuLines, percent } from './cpu-lines.ts';

/** Everybody else waits this long for one request: noticeable as soon as ten come together. */
const MEAN_MS = 5;
/** Less in all is not worth anybody's time. */
const TOTAL_MS = 50;

/**
 * Rule: a synchronous call of Node's crypto, zlib or fs within requests takes 5 ms on average and 50 ms in all; or
 * samples show such calls at one line for a fifth of the clock, or one of 100 ms. Calls while the program starts, before
 * any request, are nobody's wait and stay unmentioned.
 */
function syncCalls(rule: BottleneckRule, kind: SpanKind, cause: 'sync-crypto' | 'sync-zlib' | 'sync-fs'): Detector {
  return {
    rule,
    detect(evidence) {
      const exact = fromSpans(evidence, rule, kind);
      const known = new Set(exact.map(({ location }) => location));
      const sampled = findCpuLines(withRequests(evidence), {
        rule,
        cause,
        stallMs: 100,
        totalMs: 100,
        share: 0.2,
        verb: `calls ${kind} synchronously`,
      });
      return [...exact, ...sampled.filter(({ location }) => !known.has(location))];
    },
  };
}

export const syncCrypto: Detector = syncCalls('sync-crypto', 'crypto', 'sync-crypto');
export const syncZlib: Detector = syncCalls('sync-zlib', 'zlib', 'sync-zlib');
export const syncFs: Detector = syncCalls('sync-fs', 'fs', 'sync-fs');

function withRequests(evidence: Evidence): Evidence {
  return {
    ...evidence,
    hotLines: evidence.hotLines.filter(({ route }) => route !== ''),
    stalls: evidence.stalls.filter(({ waitingCount, labels }) => waitingCount > 0 || labels.route !== undefined),
  };
}

function fromSpans(evidence: Evidence, rule: BottleneckRule, kind: SpanKind): Bottleneck[] {
  const sites = new Map<
    string,
    { count: number; totalMs: number; worstMs: number; route: string; name: string; since: number }
  >();
  let requestMs = 0;
  for (const trace of evidence.traces) {
    requestMs += trace.durationMs ?? 0;
    for (const span of trace.spans) {
      if (span.isSync !== true || span.kind !== kind) continue;
      const key = span.site ?? `${trace.name} ${span.name}`;
      const sum = sites.get(key) ?? {
        count: 0,
        totalMs: 0,
        worstMs: 0,
        route: trace.name,
        name: span.name,
        since: trace.at,
      };
      sum.count += 1;
      sum.totalMs += span.durationMs;
      sum.worstMs = Math.max(sum.worstMs, span.durationMs);
      sites.set(key, sum);
    }
  }
  return [...sites]
    .filter(([, { count, totalMs }]) => totalMs / count >= MEAN_MS && totalMs >= TOTAL_MS)
    .map(([site, { count, totalMs, worstMs, route, name, since }]) => ({
      rule,
      subject: route,
      severity: totalMs / count >= 50 || totalMs / elapsedMs(evidence) >= 0.2 ? 'high' : 'medium',
      title: `${name} stops the loop ${Math.round(totalMs / count)} ms a call in ${route}, ${percent(totalMs / Math.max(1, requestMs))} of its time`,
      evidence: { count, totalMs, meanMs: totalMs / count, worstMs },
      location: /:\d+$/.test(site) ? site : undefined,
      share: Math.min(1, totalMs / Math.max(1, requestMs)),
      since,
    }));
}

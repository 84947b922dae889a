import type { Detector } from '../bottlenecks.ts';
import type { Span } from '../tracing/span.ts';
import { peakConcurrency } from '../tracing/trace.ts';

/** A free thread answers in well under a millisecond; this long means that several jobs were before it. */
const WAIT_MS = 30;
const KINDS = new Set(['crypto', 'zlib', 'fs', 'dns']);

/**
 * Rule: a trivial job waits 30 ms or more for a thread of libuv's pool, while requests have more jobs open than the pool
 * has threads. Without the second half a busy machine would look like a busy pool. Blamed is the call with most time.
 */
export const threadPoolStarvation: Detector = {
  rule: 'thread-pool-starvation',
  detect({ poolWaitsMs, resources, traces, since }) {
    const slow = poolWaitsMs.filter((waitMs) => waitMs >= WAIT_MS);
    if (slow.length === 0) return [];
    const jobs = traces.flatMap((trace) =>
      trace.spans
        .filter(({ kind, isSync }) => KINDS.has(kind) && isSync !== true)
        .map((span) => ({ ...span, startMs: span.startMs + trace.at })),
    );
    const peak = peakConcurrency(jobs);
    if (peak <= resources.poolSize) return [];
    const worst = longestAtOneSite(jobs);
    const waitMs = Math.max(...slow);
    return [
      {
        rule: 'thread-pool-starvation',
        subject: worst?.name ?? '',
        severity: waitMs >= 200 ? 'high' : 'medium',
        title: `Jobs wait up to ${Math.round(waitMs)} ms for one of ${resources.poolSize} threads of the pool`,
        evidence: { waitMs, probeCount: slow.length, poolSize: resources.poolSize, peakCount: peak },
        location: worst?.site,
        share: slow.length / poolWaitsMs.length,
        since,
      },
    ];
  },
};

function longestAtOneSite(spans: readonly Span[]): Span | undefined {
  const sums = new Map<string, { span: Span; totalMs: number }>();
  for (const span of spans) {
    const entry = sums.get(span.site ?? span.name) ?? { span, totalMs: 0 };
    entry.totalMs += span.durationMs;
    sums.set(span.site ?? span.name, entry);
  }
  return [...sums.values()].toSorted((a, b) => b.totalMs - a.totalMs)[0]?.span;
}

import type { Detector } from '../bottlenecks.ts';
import { elapsedMs } from '../evidence.ts';
import type { Span } from '../tracing/span.ts';
import { findHeldFor } from './held-connection.ts';

/** Three seconds in a row are no hiccup. */
const FEWEST_WINDOWS = 3;
/** Or: this wait for a connection at the 95th percentile of at least twenty statements. */
const WAIT_P95_MS = 50;
const FEWEST_STATEMENTS = 20;

/**
 * Rule: callers wait for connections while none is idle, in three windows, or 50 ms at the 95th percentile of
 * a pool that may not grow. Blamed is the statement that keeps connections busy longest, or what else is waited for on a
 * connection that is held (`held-connection.ts`).
 */
export const poolStarvation: Detector = {
  rule: 'pool-starvation',
  detect(evidence) {
    const { windows, traces } = evidence;
    const waiting = windows.filter(({ queries }) => queries.pool.waiting > 0 && queries.pool.idle === 0);
    const slow = windows.filter(
      ({ queries }) =>
        queries.count >= FEWEST_STATEMENTS &&
        queries.waitP95Ms >= WAIT_P95_MS &&
        queries.pool.total >= queries.pool.max,
    );
    const [first] = waiting.length > 0 ? waiting : slow;
    if (first === undefined || (waiting.length < FEWEST_WINDOWS && slow.length === 0)) return [];
    const heldFor = findHeldFor(traces);
    const worst = longestHolder(traces.flatMap(({ spans }) => spans));
    const waitP95Ms = Math.max(...windows.map(({ queries }) => queries.waitP95Ms));
    const mostWaiting = Math.max(...windows.map(({ queries }) => queries.pool.waiting));
    return [
      {
        rule: 'pool-starvation',
        subject: heldFor?.name ?? worst?.name ?? '',
        severity: 'high',
        title: `Statements wait ${Math.round(waitP95Ms)} ms for one of ${first.queries.pool.max} connections${heldFor === undefined ? '' : `, which are held while ${heldFor.name} is waited for`}`,
        evidence: { mostWaiting, waitP95Ms, windowCount: Math.max(waiting.length, slow.length) },
        location:
          heldFor?.site ??
          worst?.site ??
          (worst?.fingerprint === undefined ? undefined : `statement ${worst.fingerprint}`),
        share: Math.min(1, (waiting.length * (first.durationMs || 0)) / elapsedMs(evidence)),
        since: first.at,
      },
    ];
  },
};

function longestHolder(spans: readonly Span[]): Span | undefined {
  const held = new Map<string, { span: Span; totalMs: number }>();
  for (const span of spans) {
    if (span.kind !== 'sql') continue;
    const entry = held.get(span.name) ?? { span, totalMs: 0 };
    entry.totalMs += span.durationMs - (span.waitMs ?? 0);
    held.set(span.name, entry);
  }
  return [...held.values()].toSorted((a, b) => b.totalMs - a.totalMs)[0]?.span;
}

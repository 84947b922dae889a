import type { Span } from '../tracing/span.ts';
import type { Trace } from '../tracing/trace.ts';

/** What a connection is held for while no statement runs on it. */
export interface HeldFor {
  readonly name: string;
  readonly site: string;
}

/** A request that takes a connection once waits before its first statement, and not again. */
const FIRST_WAIT_MS = 5;
const LATER_WAIT_MS = 1;

/**
 * Something else that requests wait for between their statements, on a connection that others wait for: longer than their
 * statements run. `undefined` where statements keep the connections busy.
 */
export function findHeldFor(traces: readonly Trace[]): HeldFor | undefined {
  const sums = new Map<string, { readonly held: HeldFor; totalMs: number }>();
  let busyMs = 0;
  for (const { spans } of traces) {
    const statements = spans.filter(({ kind }) => kind === 'sql').toSorted((a, b) => a.startMs - b.startMs);
    const [first, ...later] = statements;
    for (const { durationMs, waitMs = 0 } of statements) busyMs += durationMs - waitMs;
    if (first === undefined || later.length === 0 || !isTakenOnce(first, later)) continue;
    const fromMs = first.startMs + first.durationMs;
    const toMs = Math.max(...later.map(({ startMs }) => startMs));
    for (const { kind, name, site, startMs, durationMs } of spans) {
      const heldMs = Math.min(toMs, startMs + durationMs) - Math.max(fromMs, startMs);
      if (kind === 'sql' || kind === 'function' || site === undefined || heldMs <= 0) continue;
      const sum = sums.get(site) ?? { held: { name, site }, totalMs: 0 };
      sum.totalMs += heldMs;
      sums.set(site, sum);
    }
  }
  const [longest] = [...sums.values()].toSorted((a, b) => b.totalMs - a.totalMs);
  return longest !== undefined && longest.totalMs > busyMs ? longest.held : undefined;
}

function isTakenOnce(first: Span, later: readonly Span[]): boolean {
  return (first.waitMs ?? 0) >= FIRST_WAIT_MS && later.every(({ waitMs = 0 }) => waitMs < LATER_WAIT_MS);
}

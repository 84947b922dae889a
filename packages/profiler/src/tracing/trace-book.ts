import { createHeaviest } from '../heaviest.ts';
import { toSlowness } from '../slow-requests.ts';
import type { Trace } from './trace.ts';

/** Finished traces worth keeping. */
export interface TraceBook {
  add(trace: Trace): void;
  /** The latest of each name, for judging how requests behave as a rule. */
  recent(since: number): readonly Trace[];
  /** The slowest and failed requests, slowest first (tail sampling). */
  slow(): readonly Trace[];
  find(id: string): Trace | undefined;
}

const PER_NAME = 20;
const MOST_NAMES = 100;
const MOST_SLOW = 100;
const SLOW_KEEP_MS = 15 * 60_000;
/** Spans kept in all; about 150 bytes each. */
const MOST_SPANS = 40_000;

/**
 * Keeps the last 20 traces of each of 100 names, and apart from them the 100 slowest requests of 15 minutes
 * ({@link toSlowness}). Decided when a trace is complete: tail sampling.
 */
export function createTraceBook(): TraceBook {
  const byName = new Map<string, Trace[]>();
  let latestName = '';
  const slow = createHeaviest<Trace>(MOST_SLOW, SLOW_KEEP_MS);
  let spanCount = 0;

  const dropOldestName = (): void => {
    const [oldest] = byName.keys();
    if (oldest === undefined) return;
    for (const { spans } of byName.get(oldest) ?? []) spanCount -= spans.length;
    byName.delete(oldest);
  };

  return {
    add(trace) {
      // Jobs are long by nature; a scan's parts would leave no room for slow requests.
      if (trace.kind === 'request') {
        const { failed, durationMs = 0, at } = trace;
        slow.offer(trace, toSlowness(durationMs, failed), at);
      }
      const kept = byName.get(trace.name) ?? [];
      if (trace.name !== latestName) {
        latestName = trace.name;
        byName.delete(trace.name);
        byName.set(trace.name, kept);
      }
      kept.push(trace);
      spanCount += trace.spans.length;
      if (kept.length > PER_NAME) spanCount -= kept.shift()?.spans.length ?? 0;
      while (byName.size > 1 && (byName.size > MOST_NAMES || spanCount > MOST_SPANS)) dropOldestName();
    },
    recent: (since) => [...byName.values()].flat().filter(({ at, durationMs = 0 }) => at + durationMs >= since),
    slow: () => slow.list(),
    find(id) {
      return (
        slow.list().find((trace) => trace.id === id) ?? [...byName.values()].flat().find((trace) => trace.id === id)
      );
    },
  };
}

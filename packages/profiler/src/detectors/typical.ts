import type { Trace } from '../tracing/trace.ts';

/** Something that most requests of a route show. */
export interface Typical<Part> {
  readonly route: string;
  readonly key: string;
  /** What each request that shows it contributed. */
  readonly parts: readonly Part[];
  /** Time of those requests together. */
  readonly traceMs: number;
  /** Epoch milliseconds of the first of them. */
  readonly since: number;
}

/** A habit, not an accident: half of the requests of a route. */
const SHARE_OF_REQUESTS = 0.5;

/** Finds what `partsOf` names in at least half of the traces of one name. */
export function toTypical<Part>(
  traces: readonly Trace[],
  partsOf: (trace: Trace) => ReadonlyMap<string, Part>,
): readonly Typical<Part>[] {
  return [...Map.groupBy(traces, ({ name }) => name)].flatMap(([route, group]) => {
    const found = new Map<string, { parts: Part[]; traceMs: number; since: number }>();
    for (const trace of group) {
      for (const [key, part] of partsOf(trace)) {
        const entry = found.get(key) ?? { parts: [], traceMs: 0, since: trace.at };
        entry.parts.push(part);
        entry.traceMs += trace.durationMs ?? 0;
        entry.since = Math.min(entry.since, trace.at);
        found.set(key, entry);
      }
    }
    return [...found]
      .filter(([, { parts }]) => parts.length >= group.length * SHARE_OF_REQUESTS)
      .map(([key, entry]) => ({ route, key, ...entry }));
  });
}

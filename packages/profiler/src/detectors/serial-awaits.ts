import type { Detector } from '../bottlenecks.ts';
import { toPlace, type SourceReader } from '../evidence.ts';
import type { Span } from '../tracing/span.ts';
import type { Trace } from '../tracing/trace.ts';
import { isIndependent } from './data-dependency.ts';
import { toTypical } from './typical.ts';

const KINDS = new Set(['sql', 'fetch', 'redis', 'dns', 'load', 'fs', 'crypto', 'zlib']);
/** Shorter waits gain nothing worth a change. */
const SHORTEST_MS = 5;
/** The next wait begins when the one before ends: what lies between is a turn of the loop and little code. */
const GAP_MS = 5;
const FEWEST = 2;
/** A promise around a callback, a client's method, a repository's: the awaits stand in a function further out. */
const MOST_LEVELS = 3;
/** What waiting together would save: at least this much, and this share of the request. */
const LEAST_GAIN_MS = 20;
const LEAST_GAIN_SHARE = 0.25;

/**
 * Rule: in half of a route's requests two or more waits of 5 ms follow one another in one function, running them
 * together would save 20 ms and a quarter of the request, and the source shows no use of an earlier result in a later
 * call and no decision between them. Whether order matters otherwise is for the author: severity stays low or medium.
 */
export const serialAwaits: Detector = {
  rule: 'serial-awaits',
  detect: ({ traces, source }) =>
    toTypical(traces, (trace) => chainsOf(trace, source)).map(({ route, key, parts, traceMs, since }) => {
      const gainMs = parts.reduce((sum, chain) => sum + gainOf(chain), 0);
      const count = Math.max(...parts.map(({ length }) => length));
      return {
        rule: 'serial-awaits',
        subject: route,
        severity: gainMs / Math.max(1, traceMs) >= 0.4 ? 'medium' : 'low',
        title: `${route} waits for ${count} things in turn that do not seem to need each other`,
        evidence: { waitCount: count, gainMs: gainMs / parts.length, requestCount: parts.length },
        location: key,
        share: Math.min(1, gainMs / Math.max(1, traceMs)),
        since,
      };
    }),
};

function chainsOf(trace: Trace, source: SourceReader): ReadonlyMap<string, readonly Span[]> {
  const spans = trace.spans
    .filter(
      ({ kind, durationMs, site, isSync }) =>
        KINDS.has(kind) && durationMs >= SHORTEST_MS && site !== undefined && isSync !== true,
    )
    .toSorted((a, b) => a.startMs - b.startMs);
  const chains = new Map<string, readonly Span[]>();
  let chain: Span[] = [];
  let level = 0;
  const close = (): void => {
    const site = chain[0] === undefined ? undefined : siteAt(chain[0], level);
    const gainMs = gainOf(chain);
    if (
      site !== undefined &&
      chain.length >= FEWEST &&
      gainMs >= LEAST_GAIN_MS &&
      gainMs >= (trace.durationMs ?? 0) * LEAST_GAIN_SHARE
    )
      chains.set(site, chain);
    chain = [];
    level = 0;
  };
  for (const span of spans) {
    const found = chain.length === 0 ? 0 : levelAt([...chain, span], source);
    if (found === undefined) close();
    else level = found;
    chain.push(span);
  }
  close();
  return chains;
}

/** How far up the calls the waits stand beside each other in one function; `undefined` when they do nowhere. */
function levelAt(chain: readonly Span[], source: SourceReader): number | undefined {
  const [next, last] = [chain.at(-1), chain.at(-2)];
  if (next === undefined || last === undefined) return undefined;
  const gapMs = next.startMs - (last.startMs + last.durationMs);
  if (gapMs < -1 || gapMs > GAP_MS) return undefined;
  for (let level = 0; level <= MOST_LEVELS; level++) {
    const places = chain.map((span) => toPlace(siteAt(span, level) ?? ''));
    if (places.every((place) => place !== undefined) && isIndependent(places, source)) return level;
  }
  return undefined;
}

/** Where the span was asked for, seen from `level` calls further out. */
function siteAt({ site, callers }: Span, level: number): string | undefined {
  return level === 0 ? site : callers?.[level - 1];
}

function gainOf(chain: readonly Span[]): number {
  const totalMs = chain.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return totalMs - Math.max(0, ...chain.map(({ durationMs }) => durationMs));
}

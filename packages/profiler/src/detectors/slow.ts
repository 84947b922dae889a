import type { Bottleneck, Detector } from '../bottlenecks.ts';
import { CROWDED_LOAD, type Evidence } from '../evidence.ts';
import type { Ranked } from '../ranking.ts';
import { toBreakdown, unionMs, type Trace } from '../tracing/trace.ts';

/** An answer within this feels immediate (Nielsen, Response Times, 1993: 0.1 s; doubled for the network). */
const SLOW_ROUTE_P95_MS = 200;
/** A statement may take half of it. */
const SLOW_STATEMENT_P95_MS = 100;
/** Below these counts a quantile says nothing; a median says something with fewer. */
const ENOUGH_CALLS = 20;
const ENOUGH_FOR_MEDIAN = 5;
/** A process that computes for less of the time than this does not keep requests waiting by it. */
const IDLE_CPU_RATIO = 0.3;
/** From this share on, the time of a request is waiting that nothing we know of explains. */
const UNEXPLAINED_RATIO = 0.8;
/** From this share on, what one line waits for is why a request is slow. */
const MAIN_RATIO = 0.5;

/**
 * Rule: 20 requests or more, and the 95th percentile at 200 ms or above; the median on a crowded machine, whose tail is
 * not the program's. A symptom: it says where, not why; the line is named that half of the time of most requests waits at,
 * where there is one. Low severity where the process hardly computed and no span covers the wait:
 * such requests mostly wait by design, for an event or a timer (long polling).
 */
export const slowRoute: Detector = {
  rule: 'slow-route',
  detect: (evidence) =>
    slowOnes(evidence.routes, SLOW_ROUTE_P95_MS, evidence).map((ranked) => {
      const location = findMainWait(ranked.name, evidence);
      const bottleneck = { ...toBottleneck(ranked, 'slow-route', evidence), location };
      return waitsByDesign(ranked.name, evidence) ? { ...bottleneck, severity: 'low' } : bottleneck;
    }),
};

/** The line whose waits take half of the time of most requests of the route. */
function findMainWait(route: string, { traces }: Evidence): string | undefined {
  const finished = traces.filter(({ name, durationMs }) => name === route && durationMs !== undefined);
  const found = Map.groupBy(finished.map(toMainSite), (site) => site);
  const [site, requests] = [...found].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  return requests !== undefined && requests.length * 2 > finished.length ? site : undefined;
}

function toMainSite({ spans, durationMs = 0 }: Trace): string | undefined {
  for (const [site, waits] of Map.groupBy(spans, (span) => span.site))
    if (site !== undefined && unionMs(waits) >= durationMs * MAIN_RATIO) return site;
  return undefined;
}

function waitsByDesign(route: string, { traces, windows }: Evidence): boolean {
  const finished = traces.filter(({ name, durationMs }) => name === route && durationMs !== undefined);
  // The middle one: a start computes, whatever comes after.
  const busyRatio = windows.map(({ runtime }) => runtime.cpuRatio).toSorted((a, b) => a - b)[
    Math.floor(windows.length / 2)
  ];
  if (finished.length === 0 || busyRatio === undefined || busyRatio >= IDLE_CPU_RATIO) return false;
  const unexplained = finished.filter(
    (trace) => (toBreakdown(trace)['otherMs'] ?? 0) >= (trace.durationMs ?? 0) * UNEXPLAINED_RATIO,
  );
  return unexplained.length * 2 > finished.length;
}

/** Rule: the 95th percentile of 20 calls, or the median of five, at 100 ms or above; on a crowded machine the median. */
export const slowStatement: Detector = {
  rule: 'slow-statement',
  detect: (evidence) =>
    slowOnes(evidence.statements, SLOW_STATEMENT_P95_MS, evidence).map((ranked) => {
      const span = evidence.traces
        .flatMap(({ spans }) => spans)
        .find(({ kind, name }) => kind === 'sql' && name === ranked.name);
      const location = span?.site ?? (span?.fingerprint === undefined ? undefined : `statement ${span.fingerprint}`);
      return { ...toBottleneck(ranked, 'slow-statement', evidence), location };
    }),
};

function slowOnes(ranked: readonly Ranked[], limitMs: number, { resources }: Evidence): readonly Ranked[] {
  const isCrowded = resources.loadPerProcessor >= CROWDED_LOAD;
  return ranked.filter(
    ({ count, p50Ms, p95Ms }) =>
      (count >= ENOUGH_CALLS && p95Ms >= limitMs && !isCrowded) || (count >= ENOUGH_FOR_MEDIAN && p50Ms >= limitMs),
  );
}

function toBottleneck(
  { name, count, p50Ms, p95Ms, totalMs }: Ranked,
  rule: 'slow-route' | 'slow-statement',
  evidence: Evidence,
): Bottleneck {
  const limitMs = rule === 'slow-route' ? SLOW_ROUTE_P95_MS : SLOW_STATEMENT_P95_MS;
  const requestMs = evidence.routes.reduce((sum, route) => sum + route.totalMs, 0);
  return {
    rule,
    subject: name,
    // A tail over a quick middle is load or a rare case, seldom the statement or route itself.
    severity: p50Ms < limitMs / 2 ? 'low' : p95Ms >= limitMs * 5 ? 'high' : 'medium',
    title: `${rule === 'slow-route' ? name : 'A statement'} takes ${Math.round(p95Ms)} ms at the 95th percentile`,
    evidence: { count, p95Ms, totalMs },
    location: undefined,
    share: Math.min(1, totalMs / Math.max(1, requestMs)),
    since: evidence.since,
  };
}

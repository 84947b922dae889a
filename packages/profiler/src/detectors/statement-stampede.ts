import type { Bottleneck } from '../bottlenecks.ts';
import type { Evidence } from '../evidence.ts';
import type { Span } from '../tracing/span.ts';
import type { Trace } from '../tracing/trace.ts';

/** As many as make a stampede of a cache that publishes its reads. */
const STAMPEDE = 10;
/** One crowd may be the program's first second. */
const FEWEST_CROWDS = 2;
/** Most requests are answered without the statement: something keeps its result. */
const MOST_SHARE = 0.5;

interface Placed {
  readonly span: Span;
  readonly trace: Trace;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * A stampede on a cache that publishes nothing, such as a `Map` with times: most requests of a route are answered
 * without a statement (or call), yet again and again ten requests or more run it at the same moment.
 */
export function findSilentStampedes({ traces, slowTraces, routes, statements, since }: Evidence): Bottleneck[] {
  const all = new Set([...traces, ...slowTraces].filter(({ kind }) => kind === 'request'));
  const found: Bottleneck[] = [];
  for (const [route, group] of Map.groupBy(all, ({ name }) => name)) {
    const requestCount = routes.find(({ name }) => name === route)?.count ?? 0;
    for (const [name, spans] of Map.groupBy(group.flatMap(toPlaced), ({ span }) => span.name)) {
      const runCount = statements.find((statement) => statement.name === name)?.count ?? 0;
      const crowds = crowdsOf(spans).filter((crowd) => new Set(crowd.map(({ trace }) => trace)).size >= STAMPEDE);
      if (crowds.length < FEWEST_CROWDS || runCount > requestCount * MOST_SHARE) continue;
      const burstCount = Math.max(...crowds.map(({ length }) => length));
      const { site, fingerprint } = spans[0]?.span ?? {};
      found.push({
        rule: 'cache-stampede',
        subject: name,
        severity: burstCount >= STAMPEDE * 5 ? 'high' : 'medium',
        title: `${burstCount} requests of ${route} ran one statement at once, which most do not need`,
        evidence: { burstCount, crowdCount: crowds.length, runCount, requestCount },
        location: site ?? (fingerprint === undefined ? undefined : `statement ${fingerprint}`),
        share: Math.min(1, runCount / Math.max(1, requestCount)),
        since,
      });
    }
  }
  return found;
}

function toPlaced(trace: Trace): readonly Placed[] {
  return trace.spans
    .filter(({ kind, verdict }) => kind === 'sql' && verdict !== 'hit')
    .map((span) => {
      const startMs = trace.at + span.startMs;
      return { span, trace, startMs, endMs: startMs + span.durationMs };
    });
}

/** Groups of spans of which each begins while the one before still runs. */
function crowdsOf(spans: readonly Placed[]): readonly (readonly Placed[])[] {
  const crowds: Placed[][] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const span of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    if (span.startMs < endMs) crowds.at(-1)?.push(span);
    else crowds.push([span]);
    endMs = Math.max(endMs, span.endMs);
  }
  return crowds;
}

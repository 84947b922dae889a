import type { Ranked } from './ranking.ts';
import type { Window } from './windows.ts';

/** A cause of slowness that the evidence shows. */
export interface Bottleneck {
  readonly rule:
    | 'blocked-event-loop'
    | 'slow-route'
    | 'slow-statement'
    | 'pool-starvation'
    | 'low-hit-ratio'
    | 'gc-pressure';
  /** What it is about: a route, a statement, a namespace; empty for the process as a whole. */
  readonly subject: string;
  readonly severity: 'low' | 'medium' | 'high';
  /** Figures behind the claim, by name; units in the names. */
  readonly evidence: Readonly<Record<string, number>>;
}

/** What the detectors look at. */
export interface Evidence {
  readonly windows: readonly Window[];
  readonly routes: readonly Ranked[];
  readonly statements: readonly Ranked[];
}

/** A person notices a stall of the loop of this length. */
const BLOCKED_LOOP_MS = 100;
/** An answer within this feels immediate (Nielsen, Response Times, 1993: 0.1 s; doubled for the network). */
const SLOW_ROUTE_P95_MS = 200;
const SLOW_STATEMENT_P95_MS = 100;
/** Below these counts a quantile says nothing. */
const ENOUGH_CALLS = 20;
const ENOUGH_READS = 500;
const LOW_HIT_RATIO = 0.5;
const HIGH_GC_RATIO = 0.1;

/** Applies every rule to the evidence; pure. The most severe come first. */
export function detectBottlenecks(evidence: Evidence): readonly Bottleneck[] {
  const rank = { high: 0, medium: 1, low: 2 };
  return [
    ...blockedLoop(evidence),
    ...slow(evidence.routes, 'slow-route', SLOW_ROUTE_P95_MS),
    ...slow(evidence.statements, 'slow-statement', SLOW_STATEMENT_P95_MS),
    ...starvedPool(evidence),
    ...lowHitRatio(evidence),
    ...collecting(evidence),
  ].toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}

function blockedLoop({ windows }: Evidence): Bottleneck[] {
  const stalls = windows.filter(({ runtime }) => runtime.loopDelayMaxMs >= BLOCKED_LOOP_MS);
  if (stalls.length === 0) return [];
  const worstMs = Math.max(...stalls.map(({ runtime }) => runtime.loopDelayMaxMs));
  return [
    {
      rule: 'blocked-event-loop',
      subject: '',
      severity: worstMs >= 1_000 ? 'high' : 'medium',
      evidence: { worstMs, stallCount: stalls.length, windowCount: windows.length },
    },
  ];
}

function slow(ranked: readonly Ranked[], rule: 'slow-route' | 'slow-statement', limitMs: number): Bottleneck[] {
  return ranked
    .filter(({ count, p95Ms }) => count >= ENOUGH_CALLS && p95Ms >= limitMs)
    .map(({ name, count, p95Ms, totalMs }) => ({
      rule,
      subject: name,
      severity: p95Ms >= limitMs * 5 ? 'high' : 'medium',
      evidence: { count, p95Ms, totalMs },
    }));
}

function starvedPool({ windows }: Evidence): Bottleneck[] {
  const waiting = windows.filter(({ queries }) => queries.pool.waiting > 0 && queries.pool.idle === 0);
  if (waiting.length < 3) return [];
  return [
    {
      rule: 'pool-starvation',
      subject: '',
      severity: 'high',
      evidence: {
        mostWaiting: Math.max(...waiting.map(({ queries }) => queries.pool.waiting)),
        waitP95Ms: Math.max(...waiting.map(({ queries }) => queries.waitP95Ms)),
        windowCount: waiting.length,
      },
    },
  ];
}

function lowHitRatio({ windows }: Evidence): Bottleneck[] {
  let hits = 0;
  let misses = 0;
  for (const { cache } of windows) {
    hits += cache.outcomes['hit-memory'] + cache.outcomes['hit-redis'] + cache.outcomes.stale;
    misses += cache.outcomes.miss;
  }
  const readCount = hits + misses;
  if (readCount < ENOUGH_READS || hits / readCount >= LOW_HIT_RATIO) return [];
  return [
    { rule: 'low-hit-ratio', subject: '', severity: 'medium', evidence: { hitRatio: hits / readCount, readCount } },
  ];
}

function collecting({ windows }: Evidence): Bottleneck[] {
  const totalMs = windows.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const gcMs = windows.reduce((sum, { runtime }) => sum + runtime.gcMs, 0);
  if (totalMs < 10_000 || gcMs / totalMs < HIGH_GC_RATIO) return [];
  return [{ rule: 'gc-pressure', subject: '', severity: 'medium', evidence: { gcRatio: gcMs / totalMs, gcMs } }];
}

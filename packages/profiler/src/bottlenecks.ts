import { CROWDED_LOAD, type Evidence } from './evidence.ts';
import { DETECTORS } from './detectors.ts';

/** Names of the rules; one detector each, in `src/detectors/`. */
export type BottleneckRule =
  | 'anomaly'
  | 'blocked-event-loop'
  | 'cache-stampede'
  | 'catastrophic-regexp'
  | 'chatty-redis'
  | 'dominant-user'
  | 'gc-pressure'
  | 'hot-line'
  | 'huge-json'
  | 'large-response'
  | 'listener-leak'
  | 'lock-contention'
  | 'low-hit-ratio'
  | 'memory-leak'
  | 'missing-index'
  | 'n-plus-one'
  | 'oversized-value'
  | 'pool-leak'
  | 'pool-starvation'
  | 'regression'
  | 'retry-storm'
  | 'serial-awaits'
  | 'slow-route'
  | 'slow-statement'
  | 'sync-crypto'
  | 'sync-fs'
  | 'sync-zlib'
  | 'thread-pool-starvation'
  | 'unbounded-concurrency';

/** A cause of slowness that the evidence shows. */
export interface Bottleneck {
  readonly rule: BottleneckRule;
  /** What it is about: a route, a statement, a namespace, a function; empty for the process as a whole. */
  readonly subject: string;
  readonly severity: 'low' | 'medium' | 'high';
  /** One sentence with the figures that matter. */
  readonly title: string;
  /** Figures behind the claim, by name; units in the names. */
  readonly evidence: Readonly<Record<string, number>>;
  /** `file:line` in the program, or `statement <fingerprint>`; `undefined` when it has no one place. */
  readonly location: string | undefined;
  /** Share of the time in question that it took, 0..1; of request time where requests wait, else of the clock. */
  readonly share: number;
  /** Epoch milliseconds from which on the evidence shows it. */
  readonly since: number;
}

/** One rule: pure, deterministic, silent without evidence. */
export interface Detector {
  readonly rule: BottleneckRule;
  detect(evidence: Evidence): readonly Bottleneck[];
}

/**
 * What follows from what: causes have depth 0 and are not listed; each symptom steps back (to low severity) when
 * something less deep is found.
 */
const DEPTH: Readonly<Partial<Record<BottleneckRule, number>>> = {
  'gc-pressure': 1,
  'low-hit-ratio': 1,
  'pool-starvation': 1,
  'hot-line': 1,
  'slow-statement': 2,
  'slow-route': 3,
  anomaly: 4,
};

const RANK = { high: 0, medium: 1, low: 2 };

/**
 * Applies every rule to the evidence; pure. The most severe come first, then those with the greatest share. Of several
 * claims about one place the most specific one stays; symptoms are of low severity when a cause is found, and when the
 * whole machine is crowded: slow routes, and those without a place.
 */
export function detectBottlenecks(evidence: Evidence): readonly Bottleneck[] {
  const found = DETECTORS.flatMap((detector) => detector.detect(evidence));
  const depthOf = ({ rule }: Bottleneck): number => DEPTH[rule] ?? 0;
  const leastDepth = Math.min(...found.filter(({ severity }) => severity !== 'low').map(depthOf));
  const isCrowded = evidence.resources.loadPerProcessor >= CROWDED_LOAD;
  const stepsBack = (bottleneck: Bottleneck): boolean =>
    depthOf(bottleneck) > leastDepth ||
    (isCrowded && depthOf(bottleneck) > 0 && (bottleneck.location === undefined || bottleneck.rule === 'slow-route'));
  const taken = new Set<string>();
  return found
    .filter(({ rule, location, subject }) => {
      // Detectors are listed from the specific to the general.
      const place = location ?? `${rule} ${subject}`;
      if (taken.has(place)) return false;
      taken.add(place);
      return true;
    })
    .map((bottleneck) => (stepsBack(bottleneck) ? { ...bottleneck, severity: 'low' as const } : bottleneck))
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || depthOf(a) - depthOf(b) || b.share - a.share);
}

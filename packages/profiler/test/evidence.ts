import type { Evidence } from '@dataguardian/profiler';
import { judgeHeap } from '../src/memory/heap-trend.ts';

/** Evidence of a program that does nothing, with what a test adds. */
export function evidenceOf(parts: Partial<Evidence>): Evidence {
  return {
    at: 60_000,
    since: 0,
    windows: [],
    routes: [],
    statements: [],
    traces: [],
    slowTraces: [],
    stalls: [],
    hotLines: [],
    memory: {
      trend: judgeHeap([], 0),
      sites: [],
      isSampling: false,
      askedCollectionCount: 0,
      askedCollectionMaxMs: 0,
    },
    resources: { poolWaitMs: 0, poolSize: 4, loadPerProcessor: 0, handles: {}, listenerLeaks: [] },
    poolWaitsMs: [],
    cacheSpaces: [],
    users: [],
    plans: [],
    lockWaits: [],
    poolLeaks: [],
    series: [],
    releases: [],
    deviations: [],
    source: { lineText: () => '' },
    siteOf: () => undefined,
    ...parts,
  };
}

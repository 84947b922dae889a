import type { TieredNamespace } from '../namespace.ts';
import { toWaitedShare, toWaitingShare } from './early-refresh.ts';
import type { HotKeys } from './hot-keys.ts';
import type { CacheProposal } from './proposal.ts';

/** Reads of a namespace, and those among them that waited because a value had just expired. */
export interface LapseCounts {
  readonly reads: number;
  readonly lapsedReads: number;
}

/** What advice about early refresh rests on. */
export interface RefreshEvidence {
  /** Reads by key, of a sample. */
  readonly hot: HotKeys;
  /** Reads that waited because the value had just expired, by key. */
  readonly lapsed: HotKeys;
  /** What had been counted when the ratio of the namespace was last changed. */
  readonly baselineOf: (namespace: string) => LapseCounts;
  readonly elapsedSeconds: number;
}

const HOT_RATIO = 0.01;
const MIN_LAPSED = 100;
/** Fewer waiting reads are not worth a change. */
const MIN_LAPSED_RATIO = 0.001;
const RATIO_FACTOR = 4;
const MAX_RATIO = 16;
/** A value that is refreshed ahead lives shorter: so many more loads at most. */
const MAX_MORE_LOADS = 0.1;

/** What a namespace has counted so far. */
export function countLapses({ counters }: TieredNamespace<unknown>): LapseCounts {
  const { memoryHits, redisHits, staleHits, misses, lapsedReads } = counters;
  return { reads: memoryHits + redisHits + staleHits + misses, lapsedReads };
}

/**
 * What a hot key would gain: it stays in memory by itself, because it is read often, but whenever it expires all who ask
 * for it wait for one load. A refresh that begins earlier spares most of them the wait. The waits are counted; how many
 * remain follows from the distribution of the lead.
 */
export function proposeRefresh(
  namespace: TieredNamespace<unknown>,
  { hot, lapsed, baselineOf, elapsedSeconds }: RefreshEvidence,
): CacheProposal | undefined {
  const { name, policy, counters } = namespace;
  const baseline = baselineOf(name);
  const counted = countLapses(namespace);
  const reads = counted.reads - baseline.reads;
  const lapsedReads = counted.lapsedReads - baseline.lapsedReads;
  const hotKeys = hot.top(HOT_RATIO).filter((one) => one.namespace === name);
  const hotLapsed = hotKeys.reduce((sum, { key }) => sum + lapsed.certainCount(name, key), 0);
  if (reads === 0 || hotLapsed < MIN_LAPSED || hotLapsed / reads < MIN_LAPSED_RATIO) return undefined;
  const fromRatio = policy.earlyRefreshRatio;
  const toRatio = Math.max(1, fromRatio * RATIO_FACTOR);
  const loadMs = counters.loadMs.count === 0 ? 0 : counters.loadMs.sum / counters.loadMs.count;
  const moreLoadsRatio = (loadMs * toRatio) / policy.ttlMs;
  if (toRatio > MAX_RATIO || loadMs === 0 || moreLoadsRatio > MAX_MORE_LOADS) return undefined;
  const remaining = toWaitingShare(toRatio) / toWaitingShare(fromRatio);
  const meanWaitMs = ((loadMs / 2) * toWaitedShare(fromRatio)) / toWaitingShare(fromRatio);
  const savedShare = 1 - toWaitedShare(toRatio) / toWaitedShare(fromRatio);
  const now = lapsedReads / reads;
  const saved = Math.min(now, (hotLapsed / reads) * (1 - remaining));
  const keys = hotKeys.length === 1 ? 'one hot key' : `${hotKeys.length} hot keys`;
  return {
    id: `early-refresh:${name}:${toRatio}`,
    title: `${name}: ${hotLapsed} reads of ${keys} waited because the value had just expired; refresh earlier`,
    change: { kind: 'early-refresh', namespace: name, fromRatio, toRatio, ttlMs: policy.ttlMs },
    proof: {
      method: 'Count of reads that waited for an expired value, by key; how many remain follows from the lead.',
      sampleSize: hotLapsed,
      waitingReadRatio: { now, expected: now - saved },
      savedWaitMsPerSecond: (hotLapsed / elapsedSeconds) * meanWaitMs * savedShare,
      moreLoadsRatio,
      savedLoadMsPerSecond: 0,
    },
  };
}

import { HASH_RANGE, mixForSample } from '../memory/sample.ts';
import { WindowChooser } from '../memory/window-chooser.ts';
import { WindowTinyLfu } from '../memory/window-tiny-lfu.ts';

/** The hit ratio to be expected at another size of the memory tier. */
export interface CurvePoint {
  /** Size over the present size. */
  readonly sizeRatio: number;
  /** 0..1. */
  readonly hitRatio: number;
}

interface MiniNode {
  readonly hash: number;
  cost: number;
  queue: number;
  previous: MiniNode | undefined;
  next: MiniNode | undefined;
}

interface MiniCache {
  readonly sizeRatio: number;
  policy: WindowTinyLfu<MiniNode>;
  chooser: WindowChooser;
  readonly nodes: Map<number, MiniNode>;
  hits: number;
}

/** Sizes that are simulated, over the present size. */
const SIZE_RATIOS = [0.25, 0.5, 1, 2, 4] as const;
/** Entries of the miniature of the present size; larger ones are more exact and cost more. */
const MINI_ENTRIES = 1_024;

/**
 * Predicts the hit ratio at other sizes by running the tier's own policy, in miniature, on a sample of the keys.
 * Sampling by hash and its correction after Waldspurger, Park, Garthwaite, Ahmad, Efficient MRC Construction with SHARDS,
 * FAST 2015 (SHARDS-adj: requests that the sample has too few or too many count as hits); miniature caches after
 * Waldspurger and others, ATC 2017.
 */
export class HitRatioCurve {
  /** It looks at keys whose mixed hash is below that. */
  sampleLimit = HASH_RANGE;
  private pausedAt: number | undefined;
  private minis: readonly MiniCache[] = [];
  private entryCount = 0;
  private sampledRequests = 0;
  private requestsAtReset = 0;

  constructor(entryCount: number) {
    this.reset(entryCount, 0);
  }

  /** Starts anew for a tier of that many entries. @param requestCount All requests that the tier has seen so far. */
  reset(entryCount: number, requestCount: number): void {
    this.entryCount = Math.max(1, entryCount);
    const mini = Math.min(this.entryCount, MINI_ENTRIES);
    this.sampleLimit = (mini / this.entryCount) * HASH_RANGE;
    this.sampledRequests = 0;
    this.requestsAtReset = requestCount;
    this.pausedAt = undefined;
    this.minis = SIZE_RATIOS.map((sizeRatio) => createMini(sizeRatio, Math.max(1, Math.round(mini * sizeRatio))));
  }

  /** Whether the tier has grown or shrunk so far that the miniature no longer stands for it. */
  isOutgrown(entryCount: number): boolean {
    return entryCount > this.entryCount * 1.5 || entryCount < this.entryCount / 2;
  }

  /** Requests from now on are not looked at, and do not count. @param requestCount As for {@link points}. */
  pause(requestCount: number): void {
    this.pausedAt ??= requestCount;
  }

  /** Requests are looked at again. */
  resume(requestCount: number): void {
    if (this.pausedAt !== undefined) this.requestsAtReset += requestCount - this.pausedAt;
    this.pausedAt = undefined;
  }

  /** Notes a request; most are not sampled and cost one multiplication. */
  record(hash: number): void {
    if (mixForSample(hash) >= this.sampleLimit) return;
    this.sampledRequests += 1;
    for (const mini of this.minis) request(mini, hash);
  }

  /** Requests that the prediction rests on. */
  get sampleSize(): number {
    return this.sampledRequests;
  }

  /** @param requestCount All requests that the tier has seen. */
  points(requestCount: number): CurvePoint[] {
    const expected = ((this.pausedAt ?? requestCount) - this.requestsAtReset) * (this.sampleLimit / HASH_RANGE);
    if (expected <= 0 || this.sampledRequests === 0) return [];
    const correction = expected - this.sampledRequests;
    return this.minis.map(({ sizeRatio, hits }) => ({
      sizeRatio,
      hitRatio: Math.min(1, Math.max(0, (hits + correction) / expected)),
    }));
  }
}

function createMini(sizeRatio: number, capacity: number): MiniCache {
  const nodes = new Map<number, MiniNode>();
  const policy = new WindowTinyLfu<MiniNode>({
    capacity,
    expectedEntries: capacity,
    onEvict: (node) => void nodes.delete(node.hash),
  });
  return { sizeRatio, policy, chooser: new WindowChooser(capacity), nodes, hits: 0 };
}

function request(mini: MiniCache, hash: number): void {
  const ratio = mini.chooser.record(hash);
  if (ratio !== undefined) mini.policy.driftTo(ratio);
  const known = mini.nodes.get(hash);
  if (known !== undefined) {
    mini.hits += 1;
    mini.policy.touch(known);
    return;
  }
  const node: MiniNode = { hash, cost: 1, queue: 0, previous: undefined, next: undefined };
  mini.nodes.set(hash, node);
  mini.policy.add(node);
}

import { Miniature } from '../memory/miniature.ts';
import { HASH_RANGE, mixForSample } from '../memory/sample.ts';
import { WindowChooser } from '../memory/window-chooser.ts';

/** The hit ratio to be expected at another size of the memory tier. */
export interface CurvePoint {
  /** Size over the present size. */
  readonly sizeRatio: number;
  /** 0..1. */
  readonly hitRatio: number;
}

/** What the tier itself has seen so far. */
export interface SeenRequests {
  readonly requests: number;
  readonly hits: number;
}

/** Where a curve stood at some moment; what came since is read with {@link HitRatioCurve.points}. */
export interface CurveMark {
  readonly sampledRequests: number;
  /** What the tier had seen while the curve looked. */
  readonly seen: SeenRequests;
  /** Hits of each miniature. */
  readonly hits: readonly number[];
  /** Of the miniature of twice the size. */
  readonly doubled: { readonly entries: number; readonly isFull: boolean };
}

interface MiniCache {
  readonly sizeRatio: number;
  readonly cache: Miniature;
  readonly chooser: WindowChooser;
  readonly capacity: number;
  hits: number;
}

/** Sizes that are simulated, over the present size. */
const SIZE_RATIOS = [0.25, 0.5, 1, 2, 4] as const;
/**
 * Keys of the tier that are looked at for each of its requests, whether it is sampled or not: small tiers have more
 * requests sampled. A tier of 15,000 values was looked through within 150 requests, which held up the event loop for 10 ms.
 */
const RESIDENT_PER_REQUEST = 8;
/** Keys of the tier that are looked at in one go, at most. */
const MAX_RESIDENT_STEP = 1_024;
const NOTHING_SEEN: SeenRequests = { requests: 0, hits: 0 };
/** Entries of the miniature of the present size; larger ones are more exact and cost more. */
const MINI_ENTRIES = 1_024;
/** A miniature that has grown by less has what its traffic needs. */
const SETTLED_RATIO = 0.02;

/**
 * Predicts the hit ratio at other sizes by running the tier's own policy, in miniature, on a sample of the keys.
 * Sampling by hash and its correction after Waldspurger, Park, Garthwaite, Ahmad, Efficient MRC Construction with SHARDS,
 * FAST 2015 (SHARDS-adj: requests that the sample has too few or too many count as hits); miniature caches after
 * Waldspurger and others, ATC 2017. What the tier itself hits is known, so that the miniature of its size tells how far
 * the sample is off, and the others are put right by as much ({@link calibrate}).
 */
export class HitRatioCurve {
  /** It looks at keys whose mixed hash is below that. */
  readonly sampleLimit: number;
  private pausedAt: SeenRequests | undefined;
  private readonly minis: readonly MiniCache[];
  private readonly entryCount: number;
  /** Keys of the tier that are looked at with each sampled request until the miniatures are filled. */
  private readonly residentStep: number;
  /** Keys that the miniatures have still to be filled with. */
  private resident: Iterator<number> | undefined;
  private sampledRequests = 0;
  /** What the tier had seen at the start, and what passed during rests. */
  private uncounted: SeenRequests;

  /**
   * @param start.seen What the tier has seen before.
   * @param start.resident Hashes of keys that are in the tier, the oldest first: miniatures that start empty show no
   * difference between two sizes until both are full, which takes minutes.
   */
  constructor(
    entryCount: number,
    start: { readonly seen: SeenRequests; readonly resident: Iterable<number> } = { seen: NOTHING_SEEN, resident: [] },
  ) {
    this.entryCount = Math.max(1, entryCount);
    const mini = Math.min(this.entryCount, MINI_ENTRIES);
    this.sampleLimit = (mini / this.entryCount) * HASH_RANGE;
    this.residentStep = Math.min(MAX_RESIDENT_STEP, Math.round((RESIDENT_PER_REQUEST * this.entryCount) / mini));
    this.uncounted = start.seen;
    this.resident = start.resident[Symbol.iterator]();
    this.minis = SIZE_RATIOS.map((sizeRatio) => createMini(sizeRatio, Math.max(1, Math.round(mini * sizeRatio))));
  }

  /** Whether the tier has grown or shrunk so far that the miniature no longer stands for it. */
  isOutgrown(entryCount: number): boolean {
    return entryCount > this.entryCount * 1.5 || entryCount < this.entryCount / 2;
  }

  /**
   * Fills the miniatures with what is in the tier, a part at each call: all at once held up the event loop for 16 ms.
   * @returns whether that is done; until then requests are of no use.
   */
  takeInResident(seen: SeenRequests): boolean {
    const { resident } = this;
    if (resident === undefined) return true;
    for (let looked = 0; looked < this.residentStep; looked++) {
      const next = resident.next();
      if (next.done === true) {
        this.resident = undefined;
        this.uncounted = seen;
        return true;
      }
      if (mixForSample(next.value) < this.sampleLimit) for (const { cache } of this.minis) cache.request(next.value);
    }
    return false;
  }

  /** Requests from now on are not looked at, and do not count. */
  pause(seen: SeenRequests): void {
    this.pausedAt ??= seen;
  }

  /** Requests are looked at again. */
  resume(seen: SeenRequests): void {
    if (this.pausedAt !== undefined) this.uncounted = add(this.uncounted, subtract(seen, this.pausedAt));
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

  /** Where it stands now. */
  mark(seen: SeenRequests): CurveMark {
    const { cache, capacity } = this.doubled;
    return {
      sampledRequests: this.sampledRequests,
      seen: subtract(this.pausedAt ?? seen, this.uncounted),
      hits: this.minis.map(({ hits }) => hits),
      doubled: { entries: cache.size, isFull: cache.size >= capacity },
    };
  }

  /**
   * Whether twice the size has shown since `mark` what it brings: it was full, or took in hardly anything. While it fills
   * it never lets go of a key, and its hit ratio is that of any size.
   */
  isDoubledSettled(mark: CurveMark): boolean {
    const { cache, capacity } = this.doubled;
    return mark.doubled.isFull || cache.size - mark.doubled.entries <= capacity * SETTLED_RATIO;
  }

  /** @param since What came before it is left out. @defaultValue the start */
  points(seen: SeenRequests, since?: CurveMark): CurvePoint[] {
    const counted = subtract(this.pausedAt ?? seen, this.uncounted);
    const { requests, hits } = since === undefined ? counted : subtract(counted, since.seen);
    const sampled = this.sampledRequests - (since?.sampledRequests ?? 0);
    const expected = requests * (this.sampleLimit / HASH_RANGE);
    if (expected <= 0 || sampled === 0) return [];
    const correction = expected - sampled;
    const predicted = this.minis.map((mini, index) =>
      Math.min(1, Math.max(0, (mini.hits - (since?.hits[index] ?? 0) + correction) / expected)),
    );
    const present = predicted[SIZE_RATIOS.indexOf(1)] as number;
    return this.minis.map(({ sizeRatio }, index) => ({
      sizeRatio,
      hitRatio: calibrate(predicted[index] as number, { predicted: present, seen: hits / requests }),
    }));
  }

  private get doubled(): MiniCache {
    // There is one of every ratio since the constructor.
    return this.minis[SIZE_RATIOS.indexOf(2)] as MiniCache;
  }
}

/**
 * Puts a predicted hit ratio right by what is known of another one of the same sample: its hits, or its misses, are as
 * many times too many. Scaling the one that is too large keeps every ratio between 0 and 1, and the order of sizes.
 */
export function calibrate(hitRatio: number, known: { readonly predicted: number; readonly seen: number }): number {
  const { predicted, seen } = known;
  return seen < predicted ? (hitRatio * seen) / predicted : 1 - ((1 - hitRatio) * (1 - seen)) / (1 - predicted || 1);
}

function add(one: SeenRequests, other: SeenRequests): SeenRequests {
  return { requests: one.requests + other.requests, hits: one.hits + other.hits };
}

function subtract(one: SeenRequests, other: SeenRequests): SeenRequests {
  return { requests: one.requests - other.requests, hits: one.hits - other.hits };
}

function createMini(sizeRatio: number, capacity: number): MiniCache {
  return { sizeRatio, cache: new Miniature(capacity), chooser: new WindowChooser(capacity), capacity, hits: 0 };
}

function request(mini: MiniCache, hash: number): void {
  const ratio = mini.chooser.record(hash);
  if (ratio !== undefined) mini.cache.policy.driftTo(ratio);
  if (mini.cache.request(hash)) mini.hits += 1;
}

import { Miniature } from './miniature.ts';
import { HASH_RANGE, mixForSample } from './sample.ts';

interface Candidate {
  readonly ratio: number;
  readonly cache: Miniature;
  hits: number;
  score: number;
}

/** Window shares that are tried: nearly pure frequency, two mixtures, pure recency. */
const RATIOS = [0.01, 0.2, 0.6, 1] as const;
/** Entries of a miniature cache: a larger tier is sampled down to that. */
const MINI_ENTRIES = 512;
/** Sampled requests between two decisions, per entry of a miniature cache. */
const ROUND_FACTOR = 4;
const MIN_ROUND = 1_000;
const MIN_YOUNG_ROUND = 100;
/** How much of the score an older round keeps. */
const MEMORY_RATIO = 0.95;
/** A share must lead by that much of the requests, so that noise does not move entries about. */
const LEAD_RATIO = 0.006;

/**
 * Finds the window share that serves the present requests best, by running miniature caches beside the real one on a
 * sample of the keys: where frequency policies fall off a cliff (pure recency) the sample shows it, and the other way
 * round. Miniature simulation after Waldspurger, Saemundsson, Ahmad, Park, Cache Modeling and Optimization using
 * Miniature Simulations, ATC 2017; instead of climbing a hill we compare its summits.
 */
export class WindowChooser {
  private readonly candidates: readonly Candidate[];
  /** It looks at keys whose mixed hash is below that. */
  sampleLimit = 0;
  private roundLength = 0;
  /** Before the first decision, which comes as soon as the miniatures are full. */
  private isYoung = true;
  private requests = 0;
  private mini = 0;
  private current: Candidate;

  constructor(entryCount: number) {
    this.candidates = RATIOS.map((ratio) => ({ ratio, cache: new Miniature(MINI_ENTRIES), hits: 0, score: 0 }));
    this.current = this.candidates[0] as Candidate;
    this.resize(entryCount);
  }

  /** Follows the number of entries of the real cache. */
  resize(entryCount: number): void {
    const mini = Math.max(1, Math.min(entryCount, MINI_ENTRIES));
    this.sampleLimit = Math.min(1, mini / Math.max(1, entryCount)) * HASH_RANGE;
    if (mini === this.mini) return;
    this.mini = mini;
    this.followRound();
    for (const { cache, ratio } of this.candidates) {
      cache.policy.setCapacity(mini);
      cache.policy.setWindowRatio(ratio);
    }
  }

  /** Counts a request; returns the share to use from now on when it has changed. */
  record(hash: number): number | undefined {
    if (mixForSample(hash) >= this.sampleLimit) return undefined;
    for (const candidate of this.candidates) if (candidate.cache.request(hash)) candidate.hits += 1;
    this.requests += 1;
    return this.requests >= this.roundLength ? this.decide() : undefined;
  }

  private followRound(): void {
    this.roundLength = this.isYoung
      ? Math.max(MIN_YOUNG_ROUND, this.mini)
      : Math.max(MIN_ROUND, this.mini * ROUND_FACTOR);
  }

  private decide(): number | undefined {
    let best = this.current;
    for (const candidate of this.candidates) {
      candidate.score = candidate.score * MEMORY_RATIO + candidate.hits;
      candidate.hits = 0;
    }
    for (const candidate of this.candidates) if (candidate.score > best.score) best = candidate;
    const lead = best.score - this.current.score;
    const isClear = lead > this.requests * LEAD_RATIO;
    this.requests = 0;
    this.isYoung = false;
    this.followRound();
    if (!isClear || best === this.current) return undefined;
    this.current = best;
    return best.ratio;
  }
}

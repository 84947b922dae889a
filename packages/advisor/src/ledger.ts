import type { Recommendation, RecommendationState } from './recommendation.ts';

/** One step of a recommendation, as the history keeps it. */
export interface LedgerEntry {
  readonly id: string;
  readonly rule: string;
  /** The kind of change. */
  readonly kind: string;
  readonly subject: string;
  readonly state: RecommendationState;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Who did it; the advisor itself as `advisor`. */
  readonly by: string;
  /** Gain that was promised; above 1 is better. */
  readonly predictedGain: number | undefined;
  /** Gain that was seen after it was applied. */
  readonly verifiedGain: number | undefined;
}

/** Where recommendations and what came of them are kept. */
export interface Ledger {
  load(): Promise<readonly Recommendation[]>;
  /**
   * Keeps the recommendation and its history entry.
   * @param former The states of which the ledger must still have one, if it has the recommendation at all.
   * @returns Whether it was kept; `false` when another process was first.
   */
  save(recommendation: Recommendation, entry: LedgerEntry, former: readonly RecommendationState[]): Promise<boolean>;
  /** Reserves the right to act on it; `false` while another process has it. */
  claim(id: string): Promise<boolean>;
  /** Gives the right back. */
  release(id: string): Promise<void>;
  /** The newest entries first. */
  history(limit: number): Promise<readonly LedgerEntry[]>;
}

const MOST_ENTRIES = 10_000;

/** A ledger that lasts as long as the process. */
export function createMemoryLedger(): Ledger {
  const kept = new Map<string, Recommendation>();
  const claimed = new Set<string>();
  const entries: LedgerEntry[] = [];
  return {
    load: () => Promise.resolve([...kept.values()]),
    save(recommendation, entry, former) {
      const present = kept.get(recommendation.id);
      if (present !== undefined && !former.includes(present.state)) return Promise.resolve(false);
      kept.set(recommendation.id, recommendation);
      entries.push(entry);
      if (entries.length > MOST_ENTRIES) entries.shift();
      return Promise.resolve(true);
    },
    claim(id) {
      if (claimed.has(id)) return Promise.resolve(false);
      claimed.add(id);
      return Promise.resolve(true);
    },
    release(id) {
      claimed.delete(id);
      return Promise.resolve();
    },
    history: (limit) => Promise.resolve(entries.slice(-limit).toReversed()),
  };
}

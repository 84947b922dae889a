/** What the analyst would change. */
export type ProposedChange =
  | { readonly kind: 'memory-size'; readonly fromBytes: number; readonly toBytes: number }
  | { readonly kind: 'ttl'; readonly namespace: string; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'leave-memory'; readonly namespace: string }
  | {
      readonly kind: 'early-refresh';
      readonly namespace: string;
      /** The policy's `earlyRefreshRatio`. */
      readonly fromRatio: number;
      readonly toRatio: number;
      /** The ttl of the namespace, for those who want to see the effect. */
      readonly ttlMs: number;
    };

/** What a proposal rests on. */
export interface ProposalProof {
  /** How the numbers were found, for a reader. */
  readonly method: string;
  /** Requests, refreshes or entries that were looked at. */
  readonly sampleSize: number;
  /** The hit ratio now and expected, 0..1; absent where the gain is another one. */
  readonly hitRatio?: { readonly now: number; readonly expected: number; readonly errorPoints: number };
  /**
   * The share of reads that see a value which has changed since at its source, now and expected, 0..1. Upper bounds,
   * from how often a refresh brought another value; invalidations make it smaller.
   */
  readonly outdatedReadRatio?: { readonly now: number; readonly expected: number };
  /**
   * The share of a namespace's reads that wait for a load because the value has just expired, counted now, and expected
   * from how early a refresh begins.
   */
  readonly waitingReadRatio?: { readonly now: number; readonly expected: number };
  /** Time that callers would no longer wait, in milliseconds a second. */
  readonly savedWaitMsPerSecond?: number;
  /** So many more loads at most, as a share of the present ones. */
  readonly moreLoadsRatio?: number;
  /** Time of the source that would be saved, in milliseconds a second. */
  readonly savedLoadMsPerSecond: number;
}

/** A change with its proof; it is carried out by `analyst.apply`. */
export interface CacheProposal {
  /** The same for the same change as long as it is proposed. */
  readonly id: string;
  readonly title: string;
  readonly change: ProposedChange;
  readonly proof: ProposalProof;
}

/** What came of an applied proposal. `early`: too few requests yet to tell. */
export interface ProposalVerdict {
  readonly state: 'early' | 'kept' | 'missed';
  readonly hitRatio: { readonly before: number; readonly after: number };
  /** Where that was promised; then `requestCount` is that of the namespace. */
  readonly waitingReadRatio?: { readonly before: number; readonly after: number };
  readonly requestCount: number;
}

/** A share as titles show it. */
export function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)}%`;
}

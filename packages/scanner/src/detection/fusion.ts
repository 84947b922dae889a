import type { Tier } from './detector.ts';

/** A scored span that competes with those it overlaps. */
export interface Claim {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly tier: Tier;
  /** Log-odds. */
  readonly odds: number;
  readonly needsPerson: 'always' | 'unless-short' | undefined;
  readonly reasons: readonly string[];
}

const TIER_RANK: Readonly<Record<Tier, number>> = { A: 2, B: 1, C: 0 };

/**
 * Keeps, of claims that overlap, the one with the stronger tier, then a good one that contains the other, then the one
 * with higher odds, then the longer.
 * Returns them by start. O(n log n) but for dense overlaps, which real texts do not have.
 */
export function resolveOverlaps(claims: readonly Claim[]): Claim[] {
  const ordered = claims.toSorted((one, other) => one.start - other.start || other.end - one.end);
  const kept: Claim[] = [];
  for (const claim of ordered) {
    let wins = true;
    while (kept.length > 0) {
      const last = kept.at(-1);
      if (last === undefined || last.end <= claim.start) break;
      if (!isStronger(claim, last)) {
        wins = false;
        break;
      }
      kept.pop();
    }
    if (wins) kept.push(claim);
  }
  return kept;
}

function isStronger(claim: Claim, other: Claim): boolean {
  const tiers = TIER_RANK[claim.tier] - TIER_RANK[other.tier];
  if (tiers !== 0) return tiers > 0;
  // `avenue Victor Hugo`, `Jan Linders B.V.`: the larger reading explains the smaller one, if it is any good.
  if (contains(claim, other) && claim.odds > GOOD_ODDS) return true;
  if (contains(other, claim) && other.odds > GOOD_ODDS) return false;
  if (Math.abs(claim.odds - other.odds) > 0.01) return claim.odds > other.odds;
  return claim.end - claim.start > other.end - other.start;
}

/** Log-odds from which a reading may swallow another: three to one. */
const GOOD_ODDS = 1.1;

function contains(outer: Claim, inner: Claim): boolean {
  return outer.start <= inner.start && outer.end >= inner.end && outer.end - outer.start > inner.end - inner.start;
}

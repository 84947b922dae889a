import { totalUsOf, walkTree, type CallTree } from '../sampling/call-tree.ts';
import type { FrameOwner } from '../sampling/frame.ts';

/** How one function's share of processor time changed from one profile to another. */
export interface FunctionChange {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly owner: FrameOwner;
  /** Share of its own time, 0..1. */
  readonly beforeRatio: number;
  readonly afterRatio: number;
  /** After minus before, in points of the whole. */
  readonly change: number;
  /** Chance of such a difference between two profiles of the same program, corrected for many functions. */
  readonly chance: number;
  /** Whether the change is beyond chance (5% false discoveries) and half a point of the whole. */
  readonly isSignificant: boolean;
}

interface Share {
  readonly frame: {
    readonly functionName: string;
    readonly file: string;
    readonly line: number;
    readonly owner: FrameOwner;
  };
  count: number;
  durationUs: number;
}

const FALSE_DISCOVERIES = 0.05;
const LEAST_CHANGE = 0.005;

/**
 * Compares two profiles function by function: two-proportion z test on sample counts, with the correction of Benjamini
 * and Hochberg (1995) over all functions. Functions are the same when name and file are: lines move between releases.
 */
export function diffProfiles(before: CallTree, after: CallTree): readonly FunctionChange[] {
  const earlier = sharesOf(before);
  const later = sharesOf(after);
  const beforeUs = Math.max(1, totalUsOf(before.root));
  const afterUs = Math.max(1, totalUsOf(after.root));
  const beforeCount = countOf(earlier);
  const afterCount = countOf(later);
  const compared = [...new Set([...earlier.keys(), ...later.keys()])].map((key) => {
    const a = earlier.get(key);
    const b = later.get(key);
    const beforeRatio = (a?.durationUs ?? 0) / beforeUs;
    const afterRatio = (b?.durationUs ?? 0) / afterUs;
    const chance = chanceOf({ count: a?.count ?? 0, of: beforeCount }, { count: b?.count ?? 0, of: afterCount });
    // One of the two has it: the key came from there.
    const frame = (b ?? a)?.frame;
    return { frame, beforeRatio, afterRatio, change: afterRatio - beforeRatio, chance };
  });
  const ordered = compared.toSorted((a, b) => a.chance - b.chance);
  let least = 1;
  const corrected = ordered
    .map((entry, index) => ({ entry, rank: index + 1 }))
    .toReversed()
    .map(({ entry, rank }) => {
      least = Math.min(least, (entry.chance * ordered.length) / rank);
      return { ...entry, chance: least };
    });
  return corrected
    .map(({ frame, beforeRatio, afterRatio, change, chance }) => ({
      name: frame?.functionName ?? '',
      file: frame?.file ?? '',
      line: frame?.line ?? 0,
      owner: frame?.owner ?? 'native',
      beforeRatio,
      afterRatio,
      change,
      chance,
      isSignificant: chance <= FALSE_DISCOVERIES && Math.abs(change) >= LEAST_CHANGE,
    }))
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change));
}

function sharesOf(tree: CallTree): Map<string, Share> {
  const shares = new Map<string, Share>();
  walkTree(tree, ({ frame, selfCount, selfUs }) => {
    const key = `${frame.functionName}\n${frame.file}`;
    const share = shares.get(key) ?? { frame, count: 0, durationUs: 0 };
    share.count += selfCount;
    share.durationUs += selfUs;
    shares.set(key, share);
  });
  return shares;
}

function countOf(shares: ReadonlyMap<string, Share>): number {
  return [...shares.values()].reduce((sum, { count }) => sum + count, 0);
}

interface Proportion {
  readonly count: number;
  readonly of: number;
}

/** Two-sided chance that both shares come from one. */
function chanceOf(a: Proportion, b: Proportion): number {
  if (a.of === 0 || b.of === 0) return 1;
  const pooled = (a.count + b.count) / (a.of + b.of);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / a.of + 1 / b.of));
  if (deviation === 0) return 1;
  return Math.min(1, 2 * upperTail(Math.abs(a.count / a.of - b.count / b.of) / deviation));
}

/** Upper tail of the standard normal; Abramowitz and Stegun 1964, 26.2.17, error below 7.5e-8. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

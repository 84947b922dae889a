import type { MemoryTier } from '../memory/memory-tier.ts';
import type { CurveMarks } from './curve-marks.ts';
import type { HitRatioCurve } from './hit-ratio-curve.ts';
import { type CacheProposal, percent } from './proposal.ts';

/** Points of hit ratio that more memory must bring to be proposed. */
const MIN_GAIN_RATIO = 0.01;
/** Mean error of the prediction in points, measured over public traces (docs/benchmarks/cache.md). */
const CURVE_ERROR_POINTS = 1;
/** Sampled requests without which nothing is proposed. */
const MIN_SAMPLE = 2_000;

/** What a proposal of more memory rests on. */
export interface SizeEvidence {
  readonly memory: Pick<MemoryTier, 'seen' | 'now' | 'limits'>;
  readonly curve: HitRatioCurve;
  readonly marks: CurveMarks;
  readonly meanLoadMs: number;
}

/** Twice the memory, with what it brings the traffic of now. */
export function proposeSize({ memory, curve, marks, meanLoadMs }: SizeEvidence): CacheProposal | undefined {
  const present = curve.sampleSize < MIN_SAMPLE ? undefined : marks.present(curve);
  if (present === undefined) return undefined;
  const points = curve.points(memory.seen, present.mark);
  const now = points.find(({ sizeRatio }) => sizeRatio === 1);
  const doubled = points.find(({ sizeRatio }) => sizeRatio === 2);
  if (now === undefined || doubled === undefined) return undefined;
  const gain = doubled.hitRatio - now.hitRatio;
  if (gain < MIN_GAIN_RATIO) return undefined;
  const fromBytes = memory.limits.maxBytes;
  const seconds = Math.max(1, (memory.now() - present.at) / 1_000);
  const requestsPerSecond = (memory.seen.requests - present.requests) / seconds;
  return {
    id: `memory-size:${fromBytes * 2}`,
    title: `Twice the memory: hit ratio ${percent(now.hitRatio)} to ${percent(doubled.hitRatio)}`,
    change: { kind: 'memory-size', fromBytes, toBytes: fromBytes * 2 },
    proof: {
      method: 'Simulation of the policy on a sample of the keys (SHARDS with correction).',
      sampleSize: curve.sampleSize - present.mark.sampledRequests,
      hitRatio: { now: now.hitRatio, expected: doubled.hitRatio, errorPoints: CURVE_ERROR_POINTS },
      savedLoadMsPerSecond: gain * requestsPerSecond * meanLoadMs,
    },
  };
}

import type { MemoryTier } from '../memory/memory-tier.ts';
import type { CurveMark, HitRatioCurve } from './hit-ratio-curve.ts';

/** Where the curve stood, when, and the requests of the tier so far: rests of the curve among them. */
export interface Mark {
  readonly mark: CurveMark;
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly requests: number;
}

/** A curve is marked once in so many sampled requests, and at most so many marks are kept. */
const MARK_SAMPLE = 64;
const MAX_MARKS = 128;
/** Fewer sampled requests since a mark say too little. */
const MIN_STRETCH = 1_000;

/** Moments of a curve: what has come since one of them is the traffic of now. */
export class CurveMarks {
  private readonly memory: Pick<MemoryTier, 'seen' | 'now'>;
  private marks: Mark[] = [];

  constructor(memory: Pick<MemoryTier, 'seen' | 'now'>) {
    this.memory = memory;
  }

  /** Of a curve that starts anew. */
  forget(): void {
    this.marks = [];
  }

  /** To be called after each request that the curve may have sampled. */
  follow(curve: HitRatioCurve): void {
    const { sampleSize } = curve;
    if (sampleSize % MARK_SAMPLE !== 0 || this.marks.at(-1)?.mark.sampledRequests === sampleSize) return;
    const { seen } = this.memory;
    this.marks.push({ mark: curve.mark(seen), at: this.memory.now(), requests: seen.requests });
    if (this.marks.length > MAX_MARKS) this.marks.shift();
  }

  /**
   * Where the latest half of what was sampled began, or later, when twice the size had filled by then; `undefined` before
   * that. Leaves out how the miniatures filled.
   */
  present(curve: HitRatioCurve): Mark | undefined {
    const { sampleSize } = curve;
    const first = this.marks.findLastIndex(({ mark }) => mark.sampledRequests <= sampleSize / 2);
    return this.marks
      .slice(Math.max(0, first))
      .find(({ mark }) => sampleSize - mark.sampledRequests >= MIN_STRETCH && curve.isDoubledSettled(mark));
  }
}

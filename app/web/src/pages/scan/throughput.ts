/** How far a scan was at one moment of this page's clock. */
export interface ProgressSample {
  readonly at: number;
  readonly doneBytes: number;
  readonly doneItems: number;
}

const windowMs = 15_000;
const keptSamples = 120;

/** Adds a sample; a repetition of the last figures only moves the clock. */
export function addSample(samples: readonly ProgressSample[], sample: ProgressSample): readonly ProgressSample[] {
  return [...samples, sample].slice(-keptSamples);
}

/** Bytes per second over the last quarter of a minute; `undefined` until two moments are known. */
export function toBytesPerSecond(samples: readonly ProgressSample[]): number | undefined {
  const last = samples.at(-1);
  const first = samples.find(({ at }) => last !== undefined && at >= last.at - windowMs);
  if (!last || !first || last.at - first.at < 500) return undefined;
  return ((last.doneBytes - first.doneBytes) / (last.at - first.at)) * 1000;
}

/** The speed between each two samples, for a small line. */
export function toSpeeds(samples: readonly ProgressSample[]): readonly number[] {
  return samples.slice(1).map((sample, index) => {
    const before = samples[index];
    const ms = before ? sample.at - before.at : 0;
    return before && ms > 0 ? Math.max(0, ((sample.doneBytes - before.doneBytes) / ms) * 1000) : 0;
  });
}

import { describe, expect, it } from 'vitest';
import type { CpuProfile } from '@dataguardian/profiler';
import type { Stillness } from '../src/sampling/heartbeat.ts';
import { toSamples } from '../src/sampling/samples.ts';
import { createSourceCode } from '../src/sampling/source-code.ts';
import { findStalls } from '../src/sampling/stalls.ts';
import { createTimeline } from '../src/sampling/timeline.ts';

const IDLE = 2;
const WORK = 3;
const OTHER = 4;
const FILE = '/nowhere/app.js';

/** A recording in which one sample each was taken at these milliseconds. */
function recording(taken: readonly (readonly [atMs: number, node: number])[], workLines: readonly number[] = [7]) {
  const frame = (functionName: string, lineNumber: number, url: string) => ({
    functionName,
    scriptId: '1',
    url,
    lineNumber,
    columnNumber: 3,
  });
  const profile: CpuProfile = {
    nodes: [
      { id: 1, callFrame: frame('(root)', -1, ''), children: [IDLE, WORK, OTHER] },
      { id: IDLE, callFrame: frame('(idle)', -1, '') },
      {
        id: WORK,
        callFrame: frame('work', 4, `file://${FILE}`),
        positionTicks: workLines.map((line) => ({ line, ticks: 1 })),
      },
      { id: OTHER, callFrame: frame('other', 20, `file://${FILE}`) },
    ],
    startTime: 0,
    endTime: 1_000_000,
    samples: taken.map(([, node]) => node),
    timeDeltas: taken.map(([at], index) => (at - (taken[index - 1]?.[0] ?? 0)) * 1_000),
  };
  return toSamples(profile);
}

const stillFor = (fromMs: number, toMs: number, parts: Partial<Stillness> = {}): Stillness => ({
  fromUs: fromMs * 1_000,
  toUs: toMs * 1_000,
  lateMs: toMs - fromMs - 60,
  cpuMs: toMs - fromMs,
  ...parts,
});

const find = (taken: Parameters<typeof recording>[0], stillness: Stillness) =>
  findStalls({
    samples: recording(taken),
    stillnesses: [stillness],
    timeline: createTimeline(),
    source: createSourceCode(),
    toEpochMs: (atUs) => atUs / 1_000,
  }).map(({ at, durationMs, place }) => ({ at, durationMs, blamed: place?.functionName }));

describe('a block of the loop', () => {
  it('is blamed on what ran, from the first sample of it until the loop turned', () => {
    const taken = [10, 30, 50, 70, 90, 110, 130].map((at) => [at, at < 40 ? IDLE : WORK] as const);
    expect(find([...taken, [150, IDLE]], stillFor(0, 140))).toEqual([{ at: 140, durationMs: 110, blamed: 'work' }]);
  });

  it('that the sampler slept through but for one sample is blamed on it all the same', () => {
    expect(
      find(
        [
          [10, IDLE],
          [30, WORK],
        ],
        stillFor(0, 110),
      ),
    ).toEqual([{ at: 110, durationMs: 100, blamed: 'work' }]);
    // The next sample came when the loop had turned: what ran then is not to blame.
    const late = [
      [10, IDLE],
      [30, WORK],
      [125, OTHER],
    ] as const;
    expect(find(late, stillFor(0, 110))).toEqual([{ at: 110, durationMs: 100, blamed: 'work' }]);
  });

  it('is blamed on what most samples saw, not on the one that the sampler was late for', () => {
    const taken = [
      [10, IDLE],
      [30, WORK],
      [50, WORK],
      [70, WORK],
      [400, OTHER],
    ] as const;
    expect(find(taken, stillFor(0, 410))).toEqual([{ at: 410, durationMs: 400, blamed: 'work' }]);
  });

  it('that no sample saw is reported without a stack, from when the loop was last seen waiting', () => {
    const cpuMs = 90;
    const unseen = [
      [10, IDLE],
      [125, OTHER],
    ] as const;
    expect(find(unseen, stillFor(0, 110, { cpuMs }))).toEqual([{ at: 110, durationMs: 100, blamed: undefined }]);
    // The loop was late because somebody else had the processor.
    expect(find(unseen, stillFor(0, 110, { cpuMs: 20 }))).toEqual([]);
  });

  it('is none of what was over before the loop was seen waiting again', () => {
    expect(
      find(
        [
          [10, IDLE],
          [30, WORK],
          [50, IDLE],
          [150, IDLE],
        ],
        stillFor(0, 140, { cpuMs: 10 }),
      ),
    ).toEqual([]);
  });
});

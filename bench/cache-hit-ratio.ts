// Hit ratios of the memory tier's policy and of others, over traces.
import { replayAdaptive } from './cache-adaptive.ts';
import { round } from './cache-measure.ts';
import { replayAll, replayArc, replayLru, replayOptimum, replayS3Fifo, replaySieve } from './cache-policies.ts';
import { createHeldOutTraces, createPlatformTrace, createSyntheticTraces, readPublicTraces } from './cache-traces.ts';

/** The short form replays no longer trace: those take as long as all others together. */
const SHORT_REQUESTS = 600_000;

/** Replays every trace; the short form leaves out those of more than {@link SHORT_REQUESTS}. */
export async function measureHitRatio({ isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const folder = process.env['CACHE_TRACES'];
  const traces = [
    ...readPublicTraces(folder),
    ...createSyntheticTraces(),
    createPlatformTrace(),
    ...createHeldOutTraces(),
  ].filter(({ keys }) => !isShort || keys.length <= SHORT_REQUESTS);
  const cells = replayAll(traces, {
    lru: replayLru,
    sieve: replaySieve,
    s3fifo: replayS3Fifo,
    arc: replayArc,
    optimum: replayOptimum,
    ours: replayAdaptive,
  });
  const heldOut = new Set(traces.filter(({ isHeldOut }) => isHeldOut === true).map(({ name }) => name));
  return {
    traces:
      folder === undefined
        ? 'synthetic only: CACHE_TRACES is not set'
        : `public traces and synthetic ones${isShort ? `, of ${SHORT_REQUESTS} requests at most` : ''}`,
    'traces that the policy was tuned on': judge(cells.filter(({ trace }) => !heldOut.has(trace))),
    'traces held out': judge(cells.filter(({ trace }) => heldOut.has(trace))),
    'hit percent': cells.map(({ trace, size, hitPercent }) => ({ trace, size, ...hitPercent })),
  };
}

/** How each policy does over some cells. */
function judge(cells: ReturnType<typeof replayAll>): unknown {
  const mean = (values: readonly number[]): number =>
    round(values.reduce((sum, value) => sum + value, 0) / values.length);
  const of = (name: string, cell: (typeof cells)[number]): number => cell.hitPercent[name] ?? 0;
  const policies = ['ours', 'lru', 'sieve', 's3fifo', 'arc'];
  const best = (cell: (typeof cells)[number]): number => Math.max(...policies.map((name) => of(name, cell)));
  const judged = policies.map((name) => [
    name,
    {
      'mean of hits over the optimum': mean(
        cells.filter((cell) => of('optimum', cell) > 0.5).map((cell) => of(name, cell) / of('optimum', cell)),
      ),
      'mean gap to the best of each cell, points': mean(cells.map((cell) => best(cell) - of(name, cell))),
      'worst cell against LRU, points': round(Math.min(...cells.map((cell) => of(name, cell) - of('lru', cell)))),
    },
  ]);
  return { cells: cells.length, policies: Object.fromEntries(judged) as unknown };
}

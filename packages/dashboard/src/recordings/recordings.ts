import type { Profiler } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import type { FlameGraph } from '../api/profiler.ts';
import type { TimeRange } from '../api/section.ts';
import type { FlameFacets, FlameQuestion, FlameSource } from '../sources.ts';
import { createRecordingSum, unpackRecording, type RecordingSum } from './recording.ts';
import type { RecordingRecorder } from './recording-recorder.ts';
import { coverRange, type RecordingFacets, type RecordingKey, type RecordingStore } from './recording-store.ts';

/** What flame graphs are made of. */
export interface RecordingParts {
  readonly profiler: Pick<Profiler, 'samplesByLabels' | 'facets'>;
  readonly clock: Clock;
  readonly instance: string;
  /** Absent without a database: what the profiler of this process holds is all there is. */
  readonly kept: { readonly store: RecordingStore; readonly recorder: RecordingRecorder } | undefined;
  readonly onFault: (error: unknown) => void;
}

const MOST_LISTED = 50;
const SLICE_MS = 10_000;

/**
 * Stacks of all processes in any range: what this process holds itself to ten seconds, everything else from the store,
 * which the others tell each minute.
 */
export function createRecordings({ profiler, clock, instance, kept, onFault }: RecordingParts): FlameSource {
  const list = async (range: TimeRange): Promise<readonly (RecordingKey & { readonly facets: RecordingFacets })[]> => {
    if (kept === undefined) return [];
    try {
      return coverRange(await kept.store.list(range), range);
    } catch (error) {
      onFault(error);
      return [];
    }
  };

  const read = async (keys: readonly RecordingKey[]): Promise<readonly Uint8Array[]> => {
    try {
      return (await kept?.store.read(keys)) ?? [];
    } catch (error) {
      onFault(error);
      return [];
    }
  };

  const addOwn = (sum: RecordingSum, { from, to }: TimeRange): void => {
    const { idleUs, parts } = profiler.samplesByLabels({ from: Math.floor(from / SLICE_MS) * SLICE_MS, to });
    sum.addIdle(idleUs);
    for (const { labels, tree } of parts) sum.addSamples(labels, tree.root);
  };

  return {
    async facets(range) {
      const { routes, users, scans } = profiler.facets();
      const rows = range === undefined ? [] : await list(range);
      const join = (own: readonly string[], name: keyof RecordingFacets): string[] =>
        [...new Set([...own, ...rows.flatMap(({ facets }) => facets[name])])].slice(0, MOST_LISTED);
      const threads = [...new Set([instance, ...rows.map((row) => row.instance)])];
      return {
        routes: join(routes, 'routes'),
        users: join(users, 'users'),
        scans: join(scans, 'scans'),
        // One alone is no choice.
        threads: threads.length > 1 ? threads.toSorted() : [],
      } satisfies FlameFacets;
    },
    async graph({ from, to, route, user, scan, thread }: FlameQuestion): Promise<FlameGraph> {
      const end = Math.min(to, clock.now() + 1);
      const range = { from: Math.min(from, end - 1), to: end };
      const sum = createRecordingSum();
      const isHeld = profiler.samplesByLabels({ from: end, to: end }).since <= range.from;
      const isWanted = (name: string): boolean => thread === undefined || thread === name;
      const rows = (await list(range)).filter(
        (row) => isWanted(row.instance) && (row.instance !== instance || !isHeld),
      );
      const bodies = await read(rows);
      for (const body of bodies) {
        const recording = unpackRecording(body);
        if (recording !== undefined) sum.add(recording);
        // A week of several processes takes a second: requests must not wait for all of it.
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (isWanted(instance)) {
        // What is not written yet is in the profiler; everything it has, while the store does not answer.
        const own = rows.filter((row) => row.instance === instance);
        const since = bodies.length === 0 || own.length === 0 ? range.from : (kept?.recorder.writtenUntil ?? 0);
        addOwn(sum, { from: Math.max(range.from, since), to: end });
      }
      const covered = bodies.length === 0 ? [] : rows;
      return {
        from: Math.min(range.from, ...covered.map(({ at }) => at)),
        to: Math.max(range.to, ...covered.map(({ at, stepMs }) => Math.min(end, at + stepMs))),
        unit: 'us',
        ...sum.toGraph({ route, user, scan }),
      };
    },
  };
}

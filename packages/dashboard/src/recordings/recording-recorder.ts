import type { Profiler } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import { createRecordingSum, packRecording, unpackRecording, type Recording, type RecordingSum } from './recording.ts';
import { RECORDING_LEVELS, type RecordingFacets, type RecordingRow, type RecordingStore } from './recording-store.ts';

/** What the recorder works with. */
export interface RecordingRecorderParts {
  readonly profiler: Pick<Profiler, 'samplesByLabels'>;
  readonly clock: Clock;
  readonly instance: string;
  readonly store: RecordingStore;
}

/** Hands what the profiler samples over to the store: each minute, ten minutes, hour and day. */
export interface RecordingRecorder {
  /** Writes what is due. Rejects when the store does; what was not written stays due. */
  flush(): Promise<void>;
  /** Writes everything, unfinished buckets included. */
  finish(): Promise<void>;
  /** Until when the store has what this process sampled. */
  readonly writtenUntil: number;
}

interface Bucket {
  at: number;
  sum: RecordingSum;
  /** Recordings in it since it was last made small. */
  addedCount: number;
  isEmpty: boolean;
}

const [MINUTE, ...COARSE] = RECORDING_LEVELS;
/** The profiler's threads hand over what they sampled each second or three. */
const LATE_MS = 5_000;
/** Hours of minutes, should the store be away; the oldest go first. */
const MOST_DUE = 60;
const MOST_FACETS = 50;
/** So many bounded recordings are added up before the sum is bounded itself. */
const ADDED_AT_ONCE = 10;

export function createRecordingRecorder({
  profiler,
  clock,
  instance,
  store,
}: RecordingRecorderParts): RecordingRecorder {
  let minuteAt = floor(clock.now(), MINUTE.stepMs);
  let writtenUntil = minuteAt;
  const coarse = COARSE.map(({ stepMs }) => ({ stepMs, bucket: newBucket(floor(clock.now(), stepMs)) }));
  let due: RecordingRow[] = [];
  let hasResumed = false;

  const keep = (stepMs: number, at: number, recording: Recording): void => {
    if (recording.parts.length === 0) return;
    due.push({ stepMs, at, instance, facets: toFacets(recording), body: packRecording(recording) });
    if (due.length > MOST_DUE) due.shift();
  };

  const endCoarse = (now: number): void => {
    for (const level of coarse) {
      const at = floor(now, level.stepMs);
      if (at === level.bucket.at) continue;
      if (!level.bucket.isEmpty) keep(level.stepMs, level.bucket.at, level.bucket.sum.toRecording());
      level.bucket = newBucket(at);
    }
  };

  const take = (from: number, to: number): void => {
    const { idleUs, parts } = profiler.samplesByLabels({ from, to });
    if (parts.length === 0) return;
    const sum = createRecordingSum();
    sum.addIdle(idleUs);
    for (const { labels, tree } of parts) sum.addSamples(labels, tree.root);
    const recording = sum.toRecording();
    keep(MINUTE.stepMs, from, recording);
    // Bounded as it is, so that an hour of it is bounded too.
    for (const { bucket } of coarse) pour(recording, bucket);
  };

  /** A process that is started again under the same name goes on with what it had of the hour. */
  const resume = async (): Promise<void> => {
    const keys = coarse.map(({ stepMs, bucket }) => ({ stepMs, at: bucket.at, instance }));
    for (const [index, key] of keys.entries())
      for (const body of await store.read([key])) {
        const recording = unpackRecording(body);
        const bucket = coarse[index]?.bucket;
        if (recording !== undefined && bucket?.at === key.at) pour(recording, bucket);
      }
    hasResumed = true;
  };

  /** Takes the minutes that are over. */
  const turn = (): void => {
    const now = clock.now() - LATE_MS;
    while (minuteAt + MINUTE.stepMs <= now) {
      const next = minuteAt + MINUTE.stepMs;
      // After a long pause of the machine: the profiler has forgotten what was before.
      if (now - minuteAt <= MINUTE.keptMs) take(minuteAt, next);
      minuteAt = next;
      endCoarse(minuteAt);
    }
  };

  const write = async (): Promise<void> => {
    const rows = due;
    due = [];
    try {
      await store.write(rows);
      writtenUntil = minuteAt;
    } catch (error) {
      due = [...rows, ...due].slice(-MOST_DUE);
      throw error;
    }
  };

  return {
    get writtenUntil() {
      return writtenUntil;
    },
    async flush() {
      if (!hasResumed) await resume();
      turn();
      if (due.length > 0) await write();
      else writtenUntil = minuteAt;
    },
    async finish() {
      turn();
      // What is not over yet, and what may have come late to the minute before.
      for (; minuteAt <= clock.now(); minuteAt += MINUTE.stepMs) {
        endCoarse(minuteAt);
        take(minuteAt, minuteAt + MINUTE.stepMs);
      }
      for (const { stepMs, bucket } of coarse) if (!bucket.isEmpty) keep(stepMs, bucket.at, bucket.sum.toRecording());
      await write();
    },
  };
}

function newBucket(at: number): Bucket {
  return { at, sum: createRecordingSum(), addedCount: 0, isEmpty: true };
}

function pour(recording: Recording, bucket: Bucket): void {
  bucket.sum.add(recording);
  bucket.isEmpty = false;
  bucket.addedCount += 1;
  if (bucket.addedCount < ADDED_AT_ONCE) return;
  const bounded = bucket.sum.toRecording();
  bucket.sum = createRecordingSum();
  bucket.sum.add(bounded);
  bucket.addedCount = 0;
}

function floor(at: number, stepMs: number): number {
  return Math.floor(at / stepMs) * stepMs;
}

function toFacets({ parts }: Recording): RecordingFacets {
  const valuesOf = (name: 'route' | 'user' | 'scan'): string[] =>
    [...new Set(parts.flatMap(({ labels }) => labels[name] ?? []))].slice(0, MOST_FACETS);
  return { routes: valuesOf('route'), users: valuesOf('user'), scans: valuesOf('scan') };
}

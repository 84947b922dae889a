import type { Profiler, Window } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import { createAccumulator, type Accumulator, type Reading } from './accumulator.ts';
import { readAll, type Health } from './catalogue.ts';
import { LEVELS, type HistoryQuestion, type HistoryRow, type HistoryStore } from './history-store.ts';
import { createMemoryHistoryStore } from './memory-history-store.ts';
import { createSketchCollector } from './sketches.ts';

/** What the recorder works with. */
export interface RecorderParts {
  readonly profiler: Pick<Profiler, 'onWindow'>;
  readonly clock: Clock;
  readonly instance: string;
  readonly health: () => Health;
  /** Absent: the memory of this process alone. */
  readonly store: HistoryStore | undefined;
}

/** Turns windows into rows of every level and hands them to the store. */
export interface Recorder {
  /** Hears of each second; the returned function ends it. */
  onReading(listener: (reading: Reading) => void): () => void;
  /** Seconds with `at > after`, oldest first, at most `keptInMemoryMs` of them. */
  recent(after: number): readonly Reading[];
  /** Rows of this process, the unfinished bucket included. */
  rows(question: HistoryQuestion): Promise<readonly HistoryRow[]>;
  /** Writes what is due. Rejects when the store does; what was not written stays due. */
  flush(): Promise<void>;
  readonly rowCount: number;
  /** Milliseconds that recording took since the start. */
  readonly busyMs: number;
  close(): void;
}

/** Rows that wait for a database that is away; the oldest leave first. */
const MOST_DUE = 3_000;
const RECENT_COUNT = 900;

/** Records from now on. Costs about a tenth of a millisecond a second, whether or not anybody watches. */
export function createRecorder(parts: RecorderParts): Recorder {
  const { profiler, clock, instance, health, store } = parts;
  const memory = createMemoryHistoryStore();
  const sketches = createSketchCollector();
  const open = new Map<number, Accumulator>();
  const listeners = new Set<(reading: Reading) => void>();
  const recent: Reading[] = [];
  let due = new Map<string, HistoryRow>();
  let busyMs = 0;

  const keep = (row: HistoryRow): void => {
    void memory.write([row]);
    if (store === undefined) return;
    due.set(`${row.stepMs} ${row.at}`, row);
    if (due.size > MOST_DUE) due.delete(due.keys().next().value ?? '');
  };

  const addTo = (stepMs: number, at: number, reading: Reading): void => {
    let accumulator = open.get(stepMs);
    if (accumulator !== undefined && accumulator.at !== at) {
      keep(accumulator.row(instance));
      // A timer that runs late by a hair skips a second now and then: it was measured, so it is no gap.
      const isSkipped = stepMs === FINEST_MS && at - accumulator.at === 2 * stepMs && reading.durationMs < 2 * stepMs;
      if (isSkipped) {
        const filler = createAccumulator(stepMs, at - stepMs, false);
        filler.add(reading);
        keep(filler.row(instance));
      }
      accumulator = undefined;
    }
    if (accumulator === undefined) open.set(stepMs, (accumulator = createAccumulator(stepMs, at, stepMs > FINEST_MS)));
    accumulator.add(reading);
  };

  const record = (window: Window): void => {
    const begunAt = clock.monotonic();
    const { at, durationMs } = window;
    const reading = { at, durationMs, values: readAll(window, health()), sketches: sketches.collect() };
    recent.push(reading);
    if (recent.length > RECENT_COUNT) recent.shift();
    for (const { stepMs } of LEVELS) addTo(stepMs, Math.floor((at - 1) / stepMs) * stepMs, reading);
    for (const listener of listeners) listener(reading);
    busyMs += clock.monotonic() - begunAt;
  };
  const stopObserving = profiler.onWindow(record);

  return {
    get rowCount() {
      return memory.rowCount;
    },
    get busyMs() {
      return busyMs;
    },
    onReading(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    recent: (after) => recent.filter(({ at }) => at > after),
    async rows(question) {
      const rows = await memory.read(question);
      const current = open.get(question.stepMs);
      if (current === undefined || current.at < question.from || current.at >= question.to) return rows;
      if (question.instance !== undefined && question.instance !== instance) return rows;
      return [...rows, current.row(instance)];
    },
    async flush() {
      if (store === undefined) return;
      const finished = due;
      due = new Map();
      const unfinished = [...open.values()].map((accumulator) => accumulator.row(instance));
      try {
        await store.write([...finished.values(), ...unfinished]);
      } catch (error) {
        due = new Map([...finished, ...due]);
        throw error;
      }
    },
    close() {
      stopObserving();
      sketches.close();
      listeners.clear();
    },
  };
}

const FINEST_MS = LEVELS[0]?.stepMs ?? 1_000;

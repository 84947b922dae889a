import type { Clock } from '@dataguardian/telemetry';
import { createDetection, type Detection } from './detection/detection.ts';
import type { DetectionOptions } from './detection/detection.ts';
import type { FindingLocation } from './finding.ts';
import type { ResolvedScanOptions } from './options.ts';
import { createItemContext, type ItemContext, type ReadSession, type ReadSteps } from './read/item-context.ts';
import { readItem } from './read/read-item.ts';
import type { ScanEvent } from './scan-event.ts';

/** What the reader of a chunk works with. */
export interface ChunkSession {
  readonly options: ResolvedScanOptions;
  emit(event: ScanEvent): void;
  /** Counts bytes of the item that is being read towards the progress. */
  countBytes(bytes: number): void;
  /**
   * Runs the reading of one item between its bookkeeping: progress, finding count, `item` event. Returns the item's
   * events when results are kept, else none.
   */
  item(
    name: string,
    bytes: number,
    read: (context: ItemContext) => ReadSteps,
    place?: Partial<FindingLocation>,
  ): AsyncGenerator<void, readonly ScanEvent[]>;
  /** Reports an item by the events of an earlier run. */
  reuse(item: { readonly name: string; readonly bytes: number }, earlier: readonly ScanEvent[]): void;
  /** The events since the last call. */
  drain(): readonly ScanEvent[];
  /** Bytes and items done so far. */
  readonly done: { readonly bytes: number; readonly items: number };
}

/** Progress is worth telling this often. */
const PROGRESS_EVERY_MS = 100;

/** Makes the session of one chunk. */
export function createChunkSession(options: ResolvedScanOptions): ChunkSession {
  const { clock } = options;
  let events: ScanEvent[] = [];
  let findings = 0;
  let doneBytes = 0;
  let doneItems = 0;
  let partBytes = 0;
  let toldAt = clock.monotonic();

  const keepsResults = options.incremental !== undefined;
  let ofItem: ScanEvent[] = [];
  let detection: Detection | undefined;

  const emit = (event: ScanEvent): void => {
    if (event.kind === 'finding') findings++;
    events.push(event);
    if (keepsResults) ofItem.push(event);
  };
  const tell = (): void => {
    if (clock.monotonic() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = clock.monotonic();
    events.push({ kind: 'progress', bytes: doneBytes + partBytes, items: doneItems });
  };
  const readSession: ReadSession = {
    // Compiled at the first item that is really read: a run over unchanged files needs none.
    get detection() {
      detection ??= detectionFor(options.detection);
      return detection;
    },
    fingerprintKey: options.fingerprintKey,
    limits: options.limits,
    emit,
    read: readItem,
  };

  return {
    options,
    emit,
    countBytes(bytes) {
      partBytes += bytes;
      tell();
    },
    async *item(name, bytes, read, place) {
      const before = findings;
      partBytes = 0;
      ofItem = [];
      yield* read(createItemContext(readSession, name, place));
      partBytes = 0;
      doneBytes += bytes;
      doneItems++;
      events.push({ kind: 'item', item: name, bytes, findingCount: findings - before });
      tell();
      return ofItem;
    },
    reuse({ name, bytes }, earlier) {
      const before = findings;
      for (const event of earlier) emit(event);
      doneBytes += bytes;
      doneItems++;
      events.push({ kind: 'item', item: name, bytes, findingCount: findings - before, reused: true });
      tell();
    },
    drain() {
      const drained = events;
      events = [];
      return drained;
    },
    get done() {
      return { bytes: doneBytes, items: doneItems };
    },
  };
}

const compiled = new Map<string, Detection>();

/** Compiling the detectors takes longer than scanning a small chunk, so equal options share one detection. */
function detectionFor(options: DetectionOptions): Detection {
  const key = JSON.stringify([options.types, options.minimumScore, options.regions]);
  const known = compiled.get(key);
  if (known) return known;
  const detection = createDetection(options);
  compiled.set(key, detection);
  return detection;
}

/** Lets timers, signals and other work run when the last pause was a while ago. */
export function createPacer(clock: Clock): () => Promise<void> | undefined {
  let pausedAt = clock.monotonic();
  return () => {
    if (clock.monotonic() - pausedAt < PAUSE_AFTER_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        pausedAt = clock.monotonic();
        resolve();
      });
    });
  };
}

const PAUSE_AFTER_MS = 15;

import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

/** A collection as the engine reports it, a turn of the event loop later. */
interface ReportedCollection {
  readonly detail: { readonly kind: number };
}

/** Knows whether the engine is marking what is in use, beside the program, for its next full collection. */
export class MarkingWatch {
  private readonly observer: PerformanceObserver;
  private marking = false;

  constructor() {
    this.observer = new PerformanceObserver((list) => this.read(list.getEntries()));
    this.observer.observe({ entryTypes: ['gc'] });
  }

  get isMarking(): boolean {
    return this.marking;
  }

  /** The same, of this very turn: with what has been reported and nobody was told yet. */
  isMarkingNow(): boolean {
    this.read(this.observer.takeRecords());
    return this.marking;
  }

  close(): void {
    this.observer.disconnect();
  }

  private read(entries: readonly PerformanceEntry[]): void {
    // Entries of this type carry what the collection was.
    for (const { detail } of entries as unknown as readonly ReportedCollection[]) {
      if (detail.kind === constants.NODE_PERFORMANCE_GC_INCREMENTAL) this.marking = true;
      else if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) this.marking = false;
    }
  }
}

import type { Clock } from '@dataguardian/telemetry';
import type { ScanChunk } from './chunk.ts';
import type { DoneEvent, PlannedEvent, ProgressEvent, ScanEvent } from './scan-event.ts';

/** Adds up the chunks of a scan, whatever order and however many at a time they run in. */
export interface Totals {
  plan(chunk: ScanChunk): void;
  planned(): PlannedEvent;
  /** Passes the events of one chunk on, with its progress turned into that of the whole. */
  count(events: AsyncIterable<ScanEvent>): AsyncGenerator<ScanEvent>;
  progress(): ProgressEvent;
  done(): DoneEvent;
}

/** Starts counting, and the clock. */
export function createTotals(clock: Clock): Totals {
  const startedAt = clock.monotonic();
  const plan = { bytes: 0, items: 0 };
  const done = { bytes: 0, items: 0 };
  const counts = { items: 0, findings: 0, skipped: 0, reused: 0 };
  let extraBytes = 0;
  let extraItems = 0;

  const planned = (): PlannedEvent => ({
    kind: 'planned',
    totalBytes: plan.bytes + extraBytes,
    totalItems: plan.items + extraItems,
  });
  const progress = (): ProgressEvent => ({ kind: 'progress', ...done });

  return {
    plan(chunk) {
      plan.bytes += chunk.estimatedBytes;
      plan.items += chunk.items.length;
    },
    planned,
    async *count(events) {
      const own = { bytes: 0, items: 0 };
      const grown = { bytes: 0, items: 0 };
      for await (const event of events) {
        if (event.kind === 'planned') {
          // A source that finds out its size while it is read, such as a site: told as growth of the whole.
          extraBytes += event.totalBytes - grown.bytes;
          extraItems += event.totalItems - grown.items;
          grown.bytes = event.totalBytes;
          grown.items = event.totalItems;
          yield planned();
          continue;
        }
        if (event.kind === 'progress') {
          done.bytes += event.bytes - own.bytes;
          done.items += event.items - own.items;
          own.bytes = event.bytes;
          own.items = event.items;
          yield progress();
          continue;
        }
        if (event.kind === 'done') continue;
        if (event.kind === 'finding') counts.findings++;
        else if (event.kind === 'skipped') counts.skipped++;
        else if (event.kind === 'item') {
          counts.items++;
          if (event.reused === true) counts.reused++;
        }
        yield event;
      }
    },
    progress,
    done: () => ({
      kind: 'done',
      items: counts.items,
      bytes: done.bytes,
      findings: counts.findings,
      skipped: counts.skipped,
      reused: counts.reused,
      durationMs: Math.round(clock.monotonic() - startedAt),
    }),
  };
}

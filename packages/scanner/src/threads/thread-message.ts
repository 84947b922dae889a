import type { ScanChunk } from '../chunk.ts';
import type { ScannerErrorCode } from '../errors.ts';
import type { ScanOptions } from '../options.ts';
import type { ScanEvent } from '../scan-event.ts';
import type { SourceSpec } from '../source-spec.ts';

/** The options that can be handed to another thread. */
export type PortableScanOptions = Omit<ScanOptions, 'signal' | 'clock'>;

/** What a pool says to a thread. */
export type ToThread =
  | {
      readonly kind: 'run';
      readonly source: SourceSpec;
      readonly chunk: ScanChunk;
      readonly options: PortableScanOptions;
    }
  /** One batch of events was taken over; the next may come. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'abort' };

/** What a thread says to its pool. */
export type FromThread =
  | { readonly kind: 'events'; readonly events: readonly ScanEvent[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly code: ScannerErrorCode | undefined; readonly message: string };

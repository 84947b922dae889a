import type { ScanChunk } from '../chunk.ts';
import type { ScannerErrorCode } from '../errors.ts';
import type { ScanOptions } from '../options.ts';
import type { ScanEvent } from '../scan-event.ts';
import type { SourceSpec } from '../source-spec.ts';

/** The options that can be handed to another thread. */
export type PortableScanOptions = Omit<ScanOptions, 'signal' | 'clock'>;

/** What a thread is to do. */
export type ThreadJob =
  | {
      readonly kind: 'scan';
      readonly source: SourceSpec;
      readonly chunk: ScanChunk;
      readonly options: PortableScanOptions;
    }
  | { readonly kind: 'plan'; readonly source: SourceSpec; readonly options: PortableScanOptions };

/** What a pool says to a thread. */
export type ToThread =
  | ThreadJob
  /** One batch was taken over; the next may come. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'abort' };

/** What jobs yield: events of a scan, chunks of a plan. */
export type ThreadItem = ScanEvent | ScanChunk;

/** What a thread says to its pool. */
export type FromThread =
  | { readonly kind: 'items'; readonly items: readonly ThreadItem[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly code: ScannerErrorCode | undefined; readonly message: string };

/** How a thread is to run. */
export interface ThreadOptions {
  readonly isBackground: boolean;
}

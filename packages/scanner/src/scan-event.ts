import type { Finding } from './finding.ts';
import type { SkipCode } from './skip-code.ts';

/** What is to be scanned, as far as it is known. May come again as more becomes known; the last one counts. */
export interface PlannedEvent {
  readonly kind: 'planned';
  readonly totalBytes: number;
  readonly totalItems: number;
}

/** How much of the planned total is done. */
export interface ProgressEvent {
  readonly kind: 'progress';
  readonly bytes: number;
  readonly items: number;
}

/** Personal data or a secret. */
export interface FindingEvent {
  readonly kind: 'finding';
  readonly finding: Finding;
}

/** An item, or a part of one, that was not scanned. */
export interface SkippedEvent {
  readonly kind: 'skipped';
  readonly item: string;
  readonly code: SkipCode;
  readonly reason: string;
}

/** A finished item. */
export interface ItemEvent {
  readonly kind: 'item';
  readonly item: string;
  readonly bytes: number;
  readonly findingCount: number;
  /** Whether an earlier run's result was taken because nothing changed. */
  readonly reused?: boolean;
}

/** How much of a table was read, and what that proves about the rest. */
export interface CoverageEvent {
  readonly kind: 'coverage';
  readonly item: string;
  readonly rowsRead: number;
  readonly rowsTotal: number;
  /** Columns without a finding. */
  readonly clearColumns: number;
  /** With 95 % confidence at most this share of rows holds data in a column without a finding; 0 when all were read. */
  readonly upperBoundRatio: number;
}

/** The end of a scan or chunk. */
export interface DoneEvent {
  readonly kind: 'done';
  readonly items: number;
  readonly bytes: number;
  readonly findings: number;
  readonly skipped: number;
  readonly reused: number;
  readonly durationMs: number;
}

/** What a scan says while it runs. */
export type ScanEvent =
  | PlannedEvent
  | ProgressEvent
  | FindingEvent
  | SkippedEvent
  | ItemEvent
  | CoverageEvent
  | DoneEvent;

import type { CacheOutcome, CacheVerdict } from '@dataguardian/telemetry';

/** What a span waited for or did. */
export type SpanKind =
  | 'sql'
  | 'cache'
  | 'load'
  | 'redis'
  | 'fetch'
  | 'queue'
  | 'fs'
  | 'crypto'
  | 'zlib'
  | 'dns'
  | 'function';

/** A piece of a request's or job's time. Carries shapes and counts, never values. */
export interface Span {
  readonly kind: SpanKind;
  /** A statement's shape, a cache namespace, `GET host`, `readFile`, a function's name. */
  readonly name: string;
  /** Milliseconds after the trace began. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  /** The loop stood still for it. */
  readonly isSync?: boolean;
  /** Hash of the statement's shape. */
  readonly fingerprint?: string;
  /** Part of the duration spent waiting for a connection. */
  readonly waitMs?: number;
  readonly rowCount?: number;
  readonly verdict?: CacheVerdict | CacheOutcome;
  readonly statusCode?: number;
  /** Where in the program it was asked for, `file:line`. */
  readonly site?: string;
  /** Where that was called from in the program, the nearest first; at most three. */
  readonly callers?: readonly string[];
}

/** A span before it is placed in a trace: its beginning is a reading of the monotonic clock. */
export type OpenSpan = Omit<Span, 'startMs'> & { readonly begunAt: number };

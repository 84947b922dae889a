import type { SkipCode } from './skip-code.ts';

/** A file below the root of its source. */
export interface FileItem {
  readonly path: string;
  readonly bytes: number;
  /** Last change and inode when it was listed: what tells later runs that it has not changed since. */
  readonly modifiedMs?: number;
  readonly inode?: number;
}

/** One version of a file in a repository. */
export interface BlobItem {
  readonly blob: string;
  readonly path: string;
  readonly commit: string;
  readonly bytes: number;
}

/** A table, or the rows on some of its pages. */
export interface TableItem {
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  /** First page, for PostgreSQL tables that are read in parts. */
  readonly fromPage?: number;
  /** One past the last page. */
  readonly toPage?: number;
}

/** What was left out while planning; reported when the chunk is scanned. */
export interface SkippedItem {
  readonly item: string;
  readonly code: SkipCode;
  readonly reason: string;
}

interface ChunkOf<Kind extends string, Item> {
  /** Position in the plan, from 0. */
  readonly ordinal: number;
  readonly kind: Kind;
  readonly items: readonly Item[];
  readonly skipped?: readonly SkippedItem[];
  readonly estimatedBytes: number;
}

/** A part of a scan that can be run, retried and resumed by itself. Plain JSON. */
export type ScanChunk =
  | ChunkOf<'files', FileItem>
  | ChunkOf<'blobs', BlobItem>
  | ChunkOf<'tables', TableItem>
  | ChunkOf<'clone', { readonly url: string }>
  | ChunkOf<'site', { readonly url: string }>;

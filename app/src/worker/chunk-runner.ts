import {
  type CoverageEvent,
  type Finding,
  type ScanChunk,
  type ScanOptions,
  type ScanPool,
  type SourceSpec,
  ScannerError,
} from '@dataguardian/scanner';
import type { SqlRunner } from '../features/scans/sql-runner.ts';
import type { ClaimedChunk } from './chunk-queue.ts';
import { type ChunkResults, stageFindings } from './chunk-results.ts';

/** Bytes and items of a chunk that have been read. */
export interface ChunkProgress {
  bytes: number;
  items: number;
}

/** What scanning a chunk needs. */
export interface ChunkRequest {
  readonly claimed: ClaimedChunk;
  readonly chunk: ScanChunk;
  readonly source: SourceSpec;
  readonly options: ScanOptions;
  readonly pool: ScanPool;
  readonly inTransaction: <Result>(work: (sql: SqlRunner) => Promise<Result>) => Promise<Result>;
  /** Kept up to date while the chunk runs. */
  readonly progress: ChunkProgress;
}

/** Findings held in memory before they are put aside in the database. */
const STAGE_AT = 2_000;

/** Scans one chunk in a thread and gathers what it brings; findings beyond {@link STAGE_AT} are staged on the way. */
export async function runChunk(request: ChunkRequest): Promise<ChunkResults> {
  const { claimed, chunk, source, options, pool, inTransaction, progress } = request;
  let findings: Finding[] = [];
  const skipped: { item: string; code: string; reason: string }[] = [];
  const coverage: CoverageEvent[] = [];
  for await (const event of pool.scanChunk(source, chunk, { ...options, scanId: claimed.scanId })) {
    switch (event.kind) {
      case 'finding':
        findings.push(event.finding);
        if (findings.length >= STAGE_AT) {
          const full = findings;
          findings = [];
          await inTransaction((sql) => stageFindings(sql, claimed, full));
        }
        break;
      case 'skipped':
        skipped.push({ item: event.item, code: event.code, reason: event.reason });
        break;
      case 'coverage':
        coverage.push(event);
        break;
      case 'progress':
        progress.bytes = event.bytes;
        progress.items = event.items;
        break;
      case 'done':
        progress.bytes = event.bytes;
        progress.items = event.items;
        break;
      case 'item':
      case 'planned':
        break;
    }
  }
  return { findings, skipped, coverage, bytes: progress.bytes, items: progress.items };
}

/** Names what a chunk holds, for the list of what was not scanned. */
export function chunkItems(chunk: ScanChunk): string[] {
  switch (chunk.kind) {
    case 'files':
    case 'blobs':
      return chunk.items.map(({ path }) => path);
    case 'tables':
      return chunk.items.map(({ schema, table }) => `${schema}.${table}`);
    case 'clone':
    case 'site':
      // The address may hold credentials.
      return chunk.items.map(({ url }) => URL.parse(url)?.host ?? 'the source');
  }
}

/** Failures that another attempt cannot mend. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'SCANNER_OPTIONS_INVALID',
  'SCANNER_SOURCE_INVALID',
  'SCANNER_PATH_NOT_FOUND',
  'SCANNER_PATH_UNREADABLE',
  'SCANNER_UPLOAD_EMPTY',
  'SCANNER_SCHEME_REFUSED',
  'SCANNER_ADDRESS_BLOCKED',
  'SCANNER_REDIRECTS_EXCEEDED',
  'SCANNER_GIT_MISSING',
]);

/** An attempt's error as it is stored and shown: with a code and a hint, without credentials. */
export function describeFailure(error: unknown): { code: string; message: string; hint?: string; isFinal: boolean } {
  if (error instanceof ScannerError)
    return {
      code: error.code,
      message: withoutCredentials(error.message),
      hint: error.hint,
      isFinal: FINAL_CODES.has(error.code),
    };
  // The message of an unforeseen error may repeat what it choked on.
  return {
    code: 'SCAN_PART_FAILED',
    message: `The part could not be scanned (${error instanceof Error ? error.name : 'error'})`,
    hint: 'Start the scan again; when it fails again, look into the log of the worker.',
    isFinal: false,
  };
}

function withoutCredentials(text: string): string {
  return text.replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1');
}

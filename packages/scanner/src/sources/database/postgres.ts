import { Client } from 'pg';
import type { SkippedItem, TableItem } from '../../chunk.ts';
import { ScannerError, toReason } from '../../errors.ts';
import type { ResolvedScanOptions } from '../../options.ts';
import type { DatabaseSource } from '../../source-spec.ts';
import type { Source } from '../source.ts';
import { checkDatabaseHost, createPinnedSocket } from './pinned-socket.ts';
import { gatherTableChunks, isWantedTable } from './table-chunks.ts';
import { readTable, type TableRows } from './table-reader.ts';

const STATEMENT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
const FETCH_ROWS = 1_000;
const PAGE_BYTES = 8_192;
/** Tables up to this size are read in full even when a sample would do. */
const SMALL_PAGES = 16;
/** Reads more pages than the average needs, since rows spread unevenly over pages. */
const SAMPLE_MARGIN = 1.5;
const DEFAULT_SAMPLE_ROWS = 1_000;

/** Tables, leaf partitions and materialised views: what holds rows of its own. */
const LIST_TABLES = `
  select n.nspname as schema, c.relname as table, c.reltuples::float8 as rows,
    pg_relation_size(c.oid)::float8 as heap_bytes, pg_table_size(c.oid)::float8 as bytes,
    has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select') as readable
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and c.relpersistence <> 't'
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_toast%'
  order by 1, 2`;

/** Columns the account may read, in their order. */
const LIST_COLUMNS = `
  select a.attname as name from pg_attribute a
  where a.attrelid = format('%I.%I', $1::text, $2::text)::regclass and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(a.attrelid, a.attnum, 'select')
  order by a.attnum`;

interface ListedTable {
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
  readonly heap_bytes: number;
  readonly bytes: number;
  readonly readable: boolean;
}

/** A PostgreSQL database. Every connection is read-only and gives up on slow statements. */
export function createPostgresSource(spec: DatabaseSource): Source {
  const isSample = spec.mode !== 'full';
  return {
    async *plan(options) {
      const client = await connect(spec);
      try {
        const { rows } = await client.query<ListedTable>(LIST_TABLES);
        const skipped: SkippedItem[] = [];
        const items: TableItem[] = [];
        for (const table of rows.filter((row) => isWantedTable(spec.tables, row.schema, row.table))) {
          if (table.readable) items.push(...toItems(table, isSample, options));
          else skipped.push({ item: toName(table), code: 'TABLE_UNREADABLE', reason: 'no permission to select' });
        }
        yield* gatherTableChunks(items, skipped, options.limits);
      } catch (error) {
        throw new ScannerError('SCANNER_DATABASE_FAILED', toReason(error), { cause: error });
      } finally {
        await client.end();
      }
    },
    async *read(chunk, session) {
      if (chunk.kind !== 'tables') return;
      const client = await connect(spec);
      try {
        for (const item of chunk.items) {
          const sampleRows = isSample ? (spec.sampleRows ?? DEFAULT_SAMPLE_ROWS) : undefined;
          const isComplete = sampleRows === undefined || isSmall(item, sampleRows);
          yield* readTable(
            {
              item,
              name: toName(item),
              isComplete,
              isFromStart: isComplete && item.fromPage === undefined,
              open: () => openRows(client, item, isComplete ? undefined : sampleRows),
            },
            session,
          );
          await client.query('rollback');
        }
      } finally {
        await client.end();
      }
    },
  };
}

function toItems(table: ListedTable, isSample: boolean, { limits }: ResolvedScanOptions): TableItem[] {
  const { schema, bytes } = table;
  const pages = Math.ceil(table.heap_bytes / PAGE_BYTES);
  // Before its first ANALYZE a table's row count is unknown; a guess of 80 bytes a row will do for progress.
  const rows = table.rows >= 0 ? table.rows : Math.round(table.heap_bytes / 80);
  const pagesPerChunk = Math.max(1, Math.floor(limits.chunkBytes / PAGE_BYTES));
  const whole = { schema, table: table.table, rows, bytes };
  if (isSample || pages <= pagesPerChunk) return [whole];
  const items: TableItem[] = [];
  for (let fromPage = 0; fromPage < pages; fromPage += pagesPerChunk) {
    const share = Math.min(pagesPerChunk, pages - fromPage) / pages;
    const isLast = fromPage + pagesPerChunk >= pages;
    items.push({
      ...whole,
      rows: Math.round(rows * share),
      bytes: Math.round(bytes * share),
      fromPage,
      // The last part is open at its end, for rows that are added meanwhile.
      ...(isLast ? {} : { toPage: fromPage + pagesPerChunk }),
    });
  }
  return items;
}

async function openRows(client: Client, item: TableItem, sampleRows: number | undefined): Promise<TableRows> {
  await client.query('begin isolation level repeatable read, read only');
  const { rows } = await client.query<{ name: string }>(LIST_COLUMNS, [item.schema, item.table]);
  const columns = rows.map(({ name }) => name);
  const list = ['ctid::text', ...columns.map((column) => `${client.escapeIdentifier(column)}::text`)].join(', ');
  const table = `${client.escapeIdentifier(item.schema)}.${client.escapeIdentifier(item.table)}`;
  await client.query(`declare scan no scroll cursor for select ${list} from ${table} ${toRange(item, sampleRows)}`);
  return { columns, batches: fetchBatches(client) };
}

function toRange(item: TableItem, sampleRows: number | undefined): string {
  if (sampleRows !== undefined) {
    const percent = Math.min(100, ((sampleRows * SAMPLE_MARGIN) / Math.max(item.rows, 1)) * 100);
    return `tablesample system (${percent}) limit ${sampleRows}`;
  }
  const bounds = [
    item.fromPage === undefined ? '' : `ctid >= '(${item.fromPage},0)'::tid`,
    item.toPage === undefined ? '' : `ctid < '(${item.toPage},0)'::tid`,
  ].filter((bound) => bound !== '');
  return bounds.length === 0 ? '' : `where ${bounds.join(' and ')}`;
}

async function* fetchBatches(client: Client): TableRows['batches'] & AsyncGenerator {
  for (;;) {
    const { rows } = await client.query<unknown[]>({ text: `fetch ${FETCH_ROWS} from scan`, rowMode: 'array' });
    if (rows.length === 0) return;
    yield rows.map(([place, ...values]) => ({ values, where: `ctid ${String(place)}` }));
    if (rows.length < FETCH_ROWS) return;
  }
}

function isSmall(item: TableItem, sampleRows: number): boolean {
  return item.rows <= sampleRows || item.bytes <= SMALL_PAGES * PAGE_BYTES;
}

function toName({ schema, table }: { readonly schema: string; readonly table: string }): string {
  return schema === 'public' ? table : `${schema}.${table}`;
}

async function connect(spec: DatabaseSource): Promise<Client> {
  const address = await checkDatabaseHost(spec);
  let client: Client | undefined;
  try {
    client = new Client({
      connectionString: spec.url,
      ...(address === undefined ? {} : { stream: () => createPinnedSocket(address) }),
      application_name: 'dataguardian scan',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      options: '-c default_transaction_read_only=on -c lock_timeout=5s -c idle_in_transaction_session_timeout=10min',
    });
    // A server that goes away between queries is noticed by the next one.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (error) {
    await client?.end().catch(() => undefined);
    throw new ScannerError('SCANNER_DATABASE_REFUSED', toReason(error), { cause: error });
  }
}

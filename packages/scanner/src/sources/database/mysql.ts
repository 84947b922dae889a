import { randomInt } from 'node:crypto';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2';
import type { Connection as PromiseConnection } from 'mysql2/promise';
import type { TableItem } from '../../chunk.ts';
import { ScannerError, toReason } from '../../errors.ts';
import type { DatabaseSource } from '../../source-spec.ts';
import type { Source } from '../source.ts';
import { checkDatabaseHost, createPinnedSocket } from './pinned-socket.ts';
import { gatherTableChunks, isWantedTable } from './table-chunks.ts';
import { readTable, type TableRows } from './table-reader.ts';

const STATEMENT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_PORT = 3306;
const BATCH_ROWS = 1_000;
/** A sample is made of runs of so many neighbouring rows, each at a random place. */
const RUN_ROWS = 20;
const SMALL_BYTES = 131_072;
const DEFAULT_SAMPLE_ROWS = 1_000;

const LIST_TABLES = `
  select table_schema as \`schema\`, table_name as \`table\`, coalesce(table_rows, 0) as \`rows\`,
    coalesce(data_length, 0) as \`bytes\`
  from information_schema.tables
  where table_type = 'BASE TABLE' and table_schema not in ('mysql', 'information_schema', 'performance_schema', 'sys')
  order by 1, 2`;

const LIST_COLUMNS = `
  select column_name as \`name\`, column_key as \`key\`, data_type as \`type\`
  from information_schema.columns where table_schema = ? and table_name = ? order by ordinal_position`;

interface ListedColumn extends RowDataPacket {
  readonly name: string;
  readonly key: string;
  readonly type: string;
}

/** A MySQL or MariaDB database. Every connection is read-only and gives up on slow statements. */
export function createMysqlSource(spec: DatabaseSource): Source {
  const own = new URL(spec.url).pathname.slice(1);
  const toName = ({ schema, table }: TableItem): string => (schema === own ? table : `${schema}.${table}`);
  return {
    async *plan({ limits }) {
      const connection = await connect(spec);
      try {
        const [rows] = await connection.promise().query<RowDataPacket[]>(LIST_TABLES);
        const items = rows
          .map((row) => ({
            schema: String(row['schema']),
            table: String(row['table']),
            rows: Number(row['rows']),
            bytes: Number(row['bytes']),
          }))
          .filter(({ schema, table }) => isWantedTable(spec.tables, schema, table) && (own === '' || schema === own));
        yield* gatherTableChunks(items, [], limits);
      } catch (error) {
        throw new ScannerError('SCANNER_DATABASE_FAILED', toReason(error), { cause: error });
      } finally {
        await connection.promise().end();
      }
    },
    async *read(chunk, session) {
      if (chunk.kind !== 'tables') return;
      const connection = await connect(spec);
      try {
        const sampleRows = spec.mode === 'full' ? undefined : (spec.sampleRows ?? DEFAULT_SAMPLE_ROWS);
        for (const item of chunk.items) {
          const isComplete = sampleRows === undefined || item.rows <= sampleRows || item.bytes <= SMALL_BYTES;
          const open = (): Promise<TableRows> => openRows(connection, item, isComplete ? undefined : sampleRows);
          yield* readTable({ item, name: toName(item), isComplete, isFromStart: isComplete, open }, session);
        }
      } finally {
        connection.destroy();
      }
    },
  };
}

async function openRows(connection: Connection, item: TableItem, sampleRows: number | undefined): Promise<TableRows> {
  const [listed] = await connection.promise().query<ListedColumn[]>(LIST_COLUMNS, [item.schema, item.table]);
  const columns = listed.map(({ name }) => name);
  const table = `${quoteName(item.schema)}.${quoteName(item.table)}`;
  if (columns.length === 0) throw new Error('no permission to select, or no columns');
  const select = `select ${columns.map((column) => quoteName(column)).join(', ')} from ${table}`;
  if (sampleRows === undefined) return { columns, batches: streamRows(connection, select) };
  const keys = listed.filter(({ key }) => key === 'PRI');
  const [key] = keys;
  if (keys.length === 1 && key && key.type.endsWith('int')) {
    const column = quoteName(key.name);
    return { columns, batches: sampleByKey(connection, { select, table, column, sampleRows }) };
  }
  const ratio = Math.min(1, (sampleRows * 1.5) / Math.max(item.rows, 1));
  return { columns, batches: streamRows(connection, `${select} where rand() < ${ratio} limit ${sampleRows}`) };
}

async function* streamRows(connection: Connection, sql: string): TableRows['batches'] & AsyncGenerator {
  const stream = connection.query({ sql, rowsAsArray: true }).stream();
  let batch: { values: unknown[] }[] = [];
  for await (const values of stream) {
    batch.push({ values: values as unknown[] });
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

interface KeySample {
  readonly select: string;
  readonly table: string;
  readonly column: string;
  readonly sampleRows: number;
}

/** Short runs of rows at random places of an integer key: cheap on any size of table. */
async function* sampleByKey(connection: Connection, sample: KeySample): TableRows['batches'] & AsyncGenerator {
  const { select, table, column, sampleRows } = sample;
  const [[bounds]] = await connection
    .promise()
    .query<RowDataPacket[]>(`select min(${column}) as low, max(${column}) as high from ${table}`);
  const low = Number(bounds?.['low'] ?? 0);
  const high = Number(bounds?.['high'] ?? 0);
  const seen = new Set<string>();
  for (let run = 0; run < Math.ceil(sampleRows / RUN_ROWS); run++) {
    const from = low + Math.floor(((high - low + 1) * randomInt(2 ** 32)) / 2 ** 32);
    const [rows] = await connection.promise().query<RowDataPacket[][]>({
      sql: `${select} where ${column} >= ${from} order by ${column} limit ${RUN_ROWS}`,
      rowsAsArray: true,
    });
    // Runs may overlap; a row counts once.
    yield rows
      .map((values) => ({ values }))
      .filter(({ values }) => {
        const identity = JSON.stringify(values, (_, value: unknown) =>
          typeof value === 'bigint' ? `${value}` : value,
        );
        return !seen.has(identity) && seen.add(identity);
      });
  }
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

async function connect(spec: DatabaseSource): Promise<Connection> {
  const address = await checkDatabaseHost(spec);
  const port = Number(new URL(spec.url).port || DEFAULT_PORT);
  let connection: Connection | undefined;
  try {
    connection = createConnection({
      uri: spec.url.replace(/^mariadb:/i, 'mysql:'),
      ...(address === undefined ? {} : { stream: () => createPinnedSocket(address).connect(port) }),
      connectTimeout: CONNECT_TIMEOUT_MS,
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      multipleStatements: false,
    });
    // A server that goes away between queries is noticed by the next one.
    connection.on('error', () => undefined);
    const session = connection.promise();
    await session.query({ sql: 'set session transaction read only', timeout: CONNECT_TIMEOUT_MS });
    await limitStatements(session);
    return connection;
  } catch (error) {
    connection?.destroy();
    throw new ScannerError('SCANNER_DATABASE_REFUSED', toReason(error), { cause: error });
  }
}

/** MySQL and MariaDB name the limit differently; a server that knows neither has none. */
async function limitStatements(session: PromiseConnection): Promise<void> {
  try {
    await session.query(`set session max_execution_time = ${STATEMENT_TIMEOUT_MS}`);
  } catch {
    await session.query(`set session max_statement_time = ${STATEMENT_TIMEOUT_MS / 1000}`).catch(() => undefined);
  }
}

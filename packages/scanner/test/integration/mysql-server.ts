import { freePort } from '@dataguardian/testing';
import { createServer, type Connection } from 'mysql2';

/** Tables by name, as the server answers with them. */
export type MysqlTables = Readonly<
  Record<string, { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | null)[])[] }>
>;

/** A server that speaks the MySQL protocol and knows the few statements a scan makes. */
export interface TestMysql {
  readonly url: string;
  /** Everything it was asked, in order. */
  readonly statements: readonly string[];
  close(): Promise<void>;
}

const VAR_STRING = 253;
/** Everything but compression (32) and TLS (2048). */
const CAPABILITIES = 0xffffff ^ 32 ^ 2048;

/** Starts a server on a free port. */
export async function mysqlServerForTest(tables: MysqlTables): Promise<TestMysql> {
  const statements: string[] = [];
  const open = new Set<Connection>();
  const port = await freePort();
  const server = createServer((connection: Connection) => {
    // The library's server methods have no declared types.
    const wire = connection as unknown as Record<string, ((...args: unknown[]) => void) | undefined>;
    open.add(connection);
    connection.on('error', () => undefined);
    wire['serverHandshake']?.({
      protocolVersion: 10,
      serverVersion: '8.0.0-test',
      connectionId: 1,
      statusFlags: 2,
      characterSet: 33,
      capabilityFlags: CAPABILITIES,
    });
    // The library takes `set` for the preparation of a statement.
    connection.on('stmt_prepare', (sql: string) => {
      statements.push(sql);
      // The library goes on counting packets where a command starts anew.
      Object.assign(connection, { sequenceId: 1 });
      wire['writeOk']?.();
    });
    connection.on('query', (sql: string) => {
      statements.push(sql);
      // The library goes on counting packets where a command starts anew.
      Object.assign(connection, { sequenceId: 1 });
      const [columns, rows] = answer(sql, tables);
      wire['writeTextResult']?.(
        rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]]))),
        columns.map((name) => toColumn(name)),
      );
    });
  });
  server.listen(port);
  return {
    url: `mysql://reader@127.0.0.1:${port}/shop`,
    statements,
    close: () =>
      new Promise((resolve) => {
        for (const connection of open) connection.destroy();
        server.close(() => resolve());
      }),
  };
}

function answer(
  sql: string,
  tables: MysqlTables,
): readonly [readonly string[], readonly (readonly (string | null)[])[]] {
  if (sql.includes('information_schema.tables'))
    return [
      ['schema', 'table', 'rows', 'bytes'],
      Object.entries(tables).map(([name, { rows }]) => ['shop', name, String(rows.length), '16384']),
    ];
  for (const [name, { columns, rows }] of Object.entries(tables)) {
    if (sql.includes('information_schema.columns') && sql.includes(`'${name}'`))
      return [['name', 'key', 'type'], columns.map((column) => [column, '', 'varchar'])];
    if (sql.includes(`from \`shop\`.\`${name}\``)) return [columns, rows];
  }
  return [[], []];
}

function toColumn(name: string): object {
  return {
    catalog: 'def',
    schema: 'shop',
    table: 't',
    orgTable: 't',
    name,
    orgName: name,
    characterSet: 33,
    columnLength: 255,
    columnType: VAR_STRING,
    flags: 0,
    decimals: 0,
  };
}

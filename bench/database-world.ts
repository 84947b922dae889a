// A PostgreSQL of the benchmark's own with the tables that the contenders read and write.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';

export interface DatabaseWorld {
  readonly connectionString: string;
  readonly accountCount: number;
  readonly groupCount: number;
  close(): Promise<void>;
}

export const PK_READ = 'select id, name, email, balance, active from account where id = $1';
export const JOIN =
  'select o.id, o.placed_at, o.total, o.state, a.name, a.email from purchase o join account a on a.id = o.account_id where o.batch = $1 order by o.id';
export const ROWS_OF_JOIN = 100;

const SCHEMA = `
create table account (id int primary key, name text not null, email text not null, balance int not null, active bool not null);
insert into account select n, 'account ' || n, 'account' || n || '@example.org', n * 7, n % 3 > 0 from generate_series(1, 100000) n;
create table purchase (id int primary key, batch int not null, account_id int not null references account, placed_at timestamptz not null, total float8 not null, state text not null);
insert into purchase select n, (n - 1) / ${ROWS_OF_JOIN}, 1 + (n * 37) % 100000, '2026-01-01'::timestamptz + n * interval '1 minute', n * 1.25, (array['open','paid','sent'])[1 + n % 3] from generate_series(1, 100000) n;
create index on purchase (batch);
create table event (id bigserial primary key, account_id int not null, note text not null);
create table big (id int primary key, kind int not null, value float8 not null);
insert into big select n, n % 1000, random() from generate_series(1, 1000000) n;
vacuum analyze;
`;

export async function openDatabaseWorld(): Promise<DatabaseWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-database-'));
  const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  for (const statement of SCHEMA.split(';')) if (statement.trim() !== '') await client.query(statement);
  await client.end();
  return {
    connectionString: server.connectionString,
    accountCount: 100_000,
    groupCount: 1_000,
    async close() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

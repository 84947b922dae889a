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
/** The same rows as a list on a page has them: twelve columns, no sorting. */
export const WIDE_JOIN =
  'select o.id, o.batch, o.placed_at, o.total, o.state, o.account_id, a.id as owner_id, a.name, a.email, a.balance, a.active, a.joined_at from purchase o join account a on a.id = o.account_id where o.batch = $1';
/** Waits 50 ms without a word in its text that says so. */
export const SLOW = 'select slow_lookup($1) as n';
export const INSERT = 'insert into event (account_id, note) values ($1, $2) returning id';

const SCHEMA = `
create table account (id int primary key, name text not null, email text not null, balance int not null, active bool not null, joined_at timestamptz not null default '2025-05-05 05:05:05.123456+00');
insert into account (id, name, email, balance, active) select n, 'account ' || n, 'account' || n || '@example.org', n * 7, n % 3 > 0 from generate_series(1, 100000) n;
create table purchase (id int primary key, batch int not null, account_id int not null references account, placed_at timestamptz not null, total float8 not null, state text not null);
insert into purchase select n, (n - 1) / ${ROWS_OF_JOIN}, 1 + (n * 37) % 100000, '2026-01-01'::timestamptz + n * interval '1 minute', n * 1.25, (array['open','paid','sent'])[1 + n % 3] from generate_series(1, 100000) n;
create index on purchase (batch);
create function slow_lookup(n int) returns int language sql return (select n from pg_sleep(0.05));
create table event (id bigserial primary key, account_id int not null, note text not null);
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

import { createDatabase, type Database, type DatabaseOptions } from '@dataguardian/database';
import { postgresForTest, until, type TestPostgres } from '@dataguardian/testing';
import { Client } from 'pg';

/** A database with announced tables, two processes' worth of caches, and somebody without our library. */
export interface CacheWorld {
  readonly postgres: TestPostgres;
  readonly database: Database;
  readonly other: Database;
  readonly outsider: Client;
  /** Another cached database on the same server. */
  connect(options?: DatabaseOptions): Promise<Database>;
  /** How often the server ran a statement whose text contains `part`. */
  executions(part: string): Promise<number>;
  /** Where the answer came from. */
  verdict(text: string, values?: readonly unknown[]): Promise<string | undefined>;
  /** Reads until memory answers. */
  warm(text: string, values?: readonly unknown[], from?: Database): Promise<void>;
  /** What the server itself says now. */
  truth(text: string, values?: readonly unknown[]): Promise<readonly object[]>;
  close(): Promise<void>;
}

/**
 * For tests that count on an answer from memory: with the default of a second, a machine that stands still for half of
 * it closes the cache for a moment.
 */
export const PATIENT_LEASE_MS = 5_000;

export const WORLD_SCHEMA = `
create extension if not exists pg_stat_statements;
create table shop (id int primary key, name text, n int default 0);
create table item (id int primary key, shop_id int references shop on delete cascade on update cascade, n int default 0);
create table note (id int primary key, shop_id int references shop on delete set null, body text);
create table log (id int generated always as identity primary key, what text);
create table day (at date not null, n int, primary key (at)) partition by range (at);
create table day_2025 partition of day for values from ('2025-01-01') to ('2026-01-01');
create table day_2026 partition of day for values from ('2026-01-01') to ('2027-01-01');
create table animal (id int primary key, n int);
create table dog (bark text) inherits (animal);
insert into shop select g, 'shop ' || g, 0 from generate_series(1, 200) g;
insert into item select g, g, 0 from generate_series(1, 200) g;
insert into note select g, g, 'note' from generate_series(1, 20) g;
insert into day values ('2025-06-01', 1), ('2026-06-01', 1);
insert into animal values (1, 1);
insert into dog values (2, 1, 'wuff');
create view busy as select id, n from shop where n > 0;
create view plain as select id, n from shop;
create function bump(k int) returns int language plpgsql as $f$ begin update shop set n = n + 1 where id = k; return k; end $f$;
create function bump_sql(k int) returns int language sql as 'update shop set n = n + 1 where id = k returning id';
create function bump_dynamic(k int) returns int language plpgsql as $f$ begin execute 'update shop set n = n + 1 where id = $1' using k; return k; end $f$;
create procedure bump_and_commit(k int) language plpgsql as $f$ begin update shop set n = n + 1 where id = k; commit; update shop set n = n + 1 where id = k; end $f$;
create function item_to_shop() returns trigger language plpgsql as $f$ begin update shop set n = n + 1 where id = new.shop_id; return null; end $f$;
create trigger item_to_shop after insert on item for each row execute function item_to_shop();
create function checked() returns trigger language plpgsql as $f$ begin update shop set n = n + 10 where id = 1; return null; end $f$;
create constraint trigger checked after insert on note deferrable initially deferred for each row execute function checked();
create rule plain_delete as on delete to plain do instead update shop set n = -1 where id = old.id;
`;

export async function cacheWorld(options: DatabaseOptions = {}): Promise<CacheWorld> {
  const postgres = await postgresForTest();
  await postgres.execute(WORLD_SCHEMA);
  const open: Database[] = [];
  const connect = async (more: DatabaseOptions = {}): Promise<Database> => {
    const database = createDatabase({
      connectionString: postgres.url,
      minConnections: 0,
      maxConnections: 4,
      queryCache: 'on',
      ...options,
      ...more,
    });
    open.push(database);
    if (more.queryCache !== 'off')
      await until(() => database.statistics().queryCache?.state === 'open', { what: 'the cache to open' });
    return database;
  };
  const owner = await connect({ queryCache: 'off' });
  await owner.installInvalidation();
  const database = await connect();
  const other = await connect();
  await until(() => database.statistics().queryCache?.state === 'open');
  const outsider = new Client({ connectionString: postgres.url });
  outsider.on('error', () => undefined);
  await outsider.connect();
  const verdict = async (text: string, values: readonly unknown[] = [], from = database): Promise<string | undefined> =>
    ((await from.query(text, values)) as { readonly verdict?: string }).verdict;
  return {
    postgres,
    database,
    other,
    outsider,
    connect,
    verdict,
    async executions(part) {
      const { rows } = await outsider.query<{ calls: string | null }>(
        `select sum(s.calls) as calls from pg_stat_statements s join pg_database d on d.oid = s.dbid
         where d.datname = current_database() and s.query like $1 and s.query not like '%pg_stat_statements%'`,
        [`%${part}%`],
      );
      return Number(rows[0]?.calls ?? 0);
    },
    async warm(text, values = [], from = database) {
      await until(async () => (await verdict(text, values, from)) === 'hit', { what: `"${text}" to be a hit` });
    },
    truth: async (text, values = []) => (await outsider.query<object>(text, [...values])).rows,
    async close() {
      await outsider.end();
      await Promise.all(open.map((each) => each.close()));
      await postgres.close();
    },
  };
}

import type { Database } from '@dataguardian/database';

/** One way to change data, by name. The read must see it at once. */
export interface Change {
  readonly name: string;
  /** What is read before and after. */
  readonly read: string;
  readonly values?: readonly unknown[];
  change(database: Database): Promise<unknown>;
}

const ONE = 'select id, n from shop where id = $1';
const ALL = 'select id, n from shop order by id';
const say =
  (...texts: readonly string[]) =>
  async (database: Database): Promise<void> => {
    for (const text of texts) await database.query(text);
  };
const inTransaction =
  (...texts: readonly string[]) =>
  async (database: Database): Promise<unknown> =>
    database.transaction(async (sql) => {
      for (const text of texts) await sql.query(text);
    });

/** Ways in which one process changes what it has in memory. */
export const OWN_CHANGES: readonly Change[] = [
  { name: 'UPDATE of the key', read: ONE, values: [1], change: say('update shop set n = n + 1 where id = 1') },
  {
    name: 'UPDATE with parameters',
    read: ONE,
    values: [1],
    change: (database) => database.query('update shop set n = n + $1 where id = $2', [5, 1]),
  },
  { name: 'UPDATE of many keys', read: ONE, values: [1], change: say('update shop set n = n + 1') },
  { name: 'UPDATE of the key itself', read: ALL, change: say('update shop set id = 900 where id = 150') },
  { name: 'a key that moves here', read: ONE, values: [901], change: say('update shop set id = 901 where id = 151') },
  { name: 'a key that appears', read: ONE, values: [950], change: say("insert into shop values (950, 'new', 1)") },
  { name: 'INSERT', read: ALL, change: say("insert into shop values (1000, 'new', 1)") },
  { name: 'DELETE', read: ONE, values: [190], change: say('delete from shop where id = 190') },
  {
    name: 'INSERT ON CONFLICT UPDATE',
    read: ONE,
    values: [2],
    change: say("insert into shop values (2, 'x', 1) on conflict (id) do update set n = shop.n + 1"),
  },
  {
    name: 'MERGE',
    read: ONE,
    values: [2],
    change: say('merge into shop s using (values (2)) v(id) on s.id = v.id when matched then update set n = s.n + 1'),
  },
  {
    name: 'WITH that updates',
    read: ONE,
    values: [2],
    change: say('with u as (update shop set n = n + 1 where id = 2 returning *) select count(*) from u'),
  },
  {
    name: 'UPDATE FROM',
    read: ONE,
    values: [2],
    change: say('update shop set n = shop.n + 1 from item i where i.id = 2 and shop.id = i.id'),
  },
  { name: 'COPY', read: ALL, change: say("copy shop (id, n) from program 'echo 1001,7' with (format csv)") },
  { name: 'a PL/pgSQL function', read: ONE, values: [3], change: say('select bump(3)') },
  { name: 'an SQL function', read: ONE, values: [3], change: say('select bump_sql(3)') },
  { name: 'dynamic SQL', read: ONE, values: [3], change: say('select bump_dynamic(3)') },
  { name: 'a function in FROM', read: ONE, values: [3], change: say('select * from bump(3)') },
  { name: 'a procedure that commits', read: ONE, values: [3], change: say('call bump_and_commit(3)') },
  {
    name: 'a DO block',
    read: ONE,
    values: [3],
    change: say('do $$ begin update shop set n = n + 1 where id = 3; end $$'),
  },
  {
    name: 'several statements in one text',
    read: ONE,
    values: [3],
    change: say('select 1; update shop set n = n + 1 where id = 3; select 2'),
  },
  {
    name: 'BEGIN and COMMIT in one text',
    read: ONE,
    values: [3],
    change: say('begin; update shop set n = n + 1 where id = 3; commit'),
  },
  { name: 'a trigger of another table', read: ONE, values: [4], change: say('insert into item values (1004, 4)') },
  {
    name: 'a deferred constraint trigger',
    read: ONE,
    values: [1],
    change: say("insert into note values (1001, 4, 'x')"),
  },
  {
    name: 'ON DELETE CASCADE',
    read: 'select id, shop_id from item where id = $1',
    values: [160],
    change: say('delete from shop where id = 160'),
  },
  {
    name: 'ON UPDATE CASCADE',
    read: 'select id, shop_id from item where id = $1',
    values: [161],
    change: say('update shop set id = 961 where id = 161'),
  },
  {
    name: 'ON DELETE SET NULL',
    read: 'select id, shop_id from note where id = $1',
    values: [12],
    change: say('delete from shop where id = 12'),
  },
  {
    name: 'an updatable view',
    read: ONE,
    values: [5],
    change: say('update busy set n = 5 where id = 3', 'update plain set n = n + 1 where id = 5'),
  },
  { name: 'a rule', read: ONE, values: [5], change: say('delete from plain where id = 5') },
  {
    name: 'a write below a view that is read',
    read: 'select * from busy order by id',
    change: say('update shop set n = 3 where id = 6'),
  },
  {
    name: 'a partition by its parent',
    read: 'select * from day order by at',
    change: say("update day set n = n + 1 where at = '2025-06-01'"),
  },
  {
    name: 'a partition by its own name',
    read: 'select * from day order by at',
    change: say('update day_2025 set n = n + 1'),
  },
  {
    name: 'the parent of a partition that is read',
    read: 'select * from day_2026',
    change: say("insert into day values ('2026-07-01', 1)"),
  },
  {
    name: 'a row that moves between partitions',
    read: 'select * from day_2026',
    change: say("update day set at = '2026-08-01' where at = '2025-06-01'"),
  },
  {
    name: 'an inheriting table',
    read: 'select id, n from animal order by id',
    change: say('update dog set n = n + 1'),
  },
  { name: 'an inherited table', read: 'select id, n from dog', change: say('update animal set n = n + 1') },
  { name: 'TRUNCATE', read: 'select * from log', change: say("insert into log (what) values ('x')", 'truncate log') },
  {
    name: 'TRUNCATE CASCADE',
    read: 'select count(*) from item',
    change: say('truncate shop cascade', "insert into shop select g, 'x', 0 from generate_series(1, 50) g"),
  },
  { name: 'a transaction', read: ONE, values: [7], change: inTransaction('update shop set n = n + 1 where id = 7') },
  {
    name: 'a transaction that waits before its end',
    read: ONE,
    values: [7],
    change: inTransaction('update shop set n = n + 1 where id = 7', 'select pg_sleep(0.02)'),
  },
  {
    name: 'a transaction with a savepoint',
    read: ONE,
    values: [7],
    change: inTransaction(
      'savepoint a',
      'update shop set n = 99 where id = 7',
      'rollback to a',
      'update shop set n = n + 1 where id = 7',
    ),
  },
  {
    name: 'a transaction that is rolled back',
    read: ONE,
    values: [7],
    change: (database) =>
      database
        .transaction(async (sql) => {
          await sql.query('update shop set n = 777 where id = 7');
          throw new Error('no');
        })
        .catch(() => undefined),
  },
  {
    name: 'more than 64 keys in a transaction',
    read: ONE,
    values: [40],
    change: inTransaction('update shop set n = n + 1 where id < 100'),
  },
  {
    name: 'a transaction with hundreds of statements',
    read: ONE,
    values: [41],
    change: inTransaction(
      ...Array.from({ length: 300 }, (_, index) => `update shop set n = n + 1 where id = ${(index % 60) + 1}`),
    ),
  },
  {
    name: 'session_replication_role = replica',
    read: ONE,
    values: [8],
    change: inTransaction('set local session_replication_role = replica', 'update shop set n = n + 1 where id = 8'),
  },
  {
    name: 'a lent session',
    read: ONE,
    values: [8],
    change: (database) => database.withConnection((sql) => sql.query('update shop set n = n + 1 where id = 8')),
  },
  {
    name: 'asPgPool().query',
    read: ONE,
    values: [8],
    change: (database) => database.asPgPool().query('update shop set n = n + 1 where id = $1', [8]),
  },
  {
    name: 'a named statement of asPgPool()',
    read: ONE,
    values: [8],
    change: (database) =>
      database.asPgPool().query({ name: 'bump', text: 'update shop set n = n + 1 where id = $1', values: [8] }),
  },
  {
    name: 'a transaction on a checked-out client',
    read: ONE,
    values: [8],
    async change(database) {
      const client = await database.asPgPool().connect();
      await client.query('begin');
      await client.query('update shop set n = n + 1 where id = 8');
      await client.query('commit');
      client.release();
    },
  },
  {
    name: 'a statement that fails after it wrote',
    read: ONE,
    values: [9],
    change: (database) =>
      database
        .query('do $$ begin update shop set n = 5 where id = 9; raise exception $e$no$e$; end $$')
        .catch(() => undefined),
  },
  {
    name: 'ALTER TABLE ADD COLUMN',
    read: 'select * from log',
    change: say('alter table log add column extra int default 4'),
  },
  {
    name: 'ALTER COLUMN TYPE',
    read: 'select * from note order by id',
    change: say('alter table note alter column body type char(9)'),
  },
  {
    name: 'RENAME COLUMN of the key',
    read: 'select * from item where id = $1',
    values: [30],
    change: say('alter table item rename column n to m', 'update item set m = 5 where id = 30'),
  },
  {
    name: 'a key column that was renamed',
    read: 'select * from animal order by 1',
    change: say('alter table animal rename column id to number', 'insert into animal values (77, 7)'),
  },
  {
    name: 'DROP and CREATE',
    read: 'select * from log',
    change: say('drop table log', "create table log as select 'fresh' as what"),
  },
  {
    name: 'another view under the same name',
    read: 'select * from busy order by id',
    change: say('create or replace view busy as select id, n + 1 as n from shop where n > 0'),
  },
  {
    name: 'triggers that are disabled',
    read: ONE,
    values: [10],
    change: say(
      'alter table shop disable trigger all',
      'update shop set n = n + 1 where id = 10',
      'update shop set n = n + 1 where id = 10',
    ),
  },
];

/** Ways in which somebody else changes it, over a connection that is not ours. */
export const FOREIGN_CHANGES: readonly {
  readonly name: string;
  readonly read: string;
  readonly texts: readonly string[];
}[] = [
  { name: 'UPDATE', read: ALL, texts: ['update shop set n = n + 1 where id = 1'] },
  {
    name: 'UPDATE of a key',
    read: 'select id, n from shop where id = 1',
    texts: ['update shop set n = n + 1 where id = 1'],
  },
  { name: 'INSERT', read: ALL, texts: ["insert into shop values (2000, 'x', 1)"] },
  { name: 'DELETE', read: ALL, texts: ['delete from shop where id = 199'] },
  { name: 'more than 64 keys', read: 'select id, n from shop where id = 70', texts: ['update shop set n = n + 1'] },
  { name: 'a transaction', read: ALL, texts: ['begin', 'update shop set n = n + 1 where id = 2', 'commit'] },
  { name: 'a function', read: ALL, texts: ['select bump_dynamic(3)'] },
  { name: 'a cascade', read: 'select count(*) as n from item', texts: ['delete from shop where id = 198'] },
  {
    name: 'replica mode',
    read: ALL,
    texts: ['set session_replication_role = replica', 'update shop set n = n + 1', 'reset session_replication_role'],
  },
  { name: 'a column more', read: 'select * from log', texts: ['alter table log add column more int default 1'] },
  {
    name: 'TRUNCATE',
    read: 'select count(*) as n from log',
    texts: ["insert into log (what) values ('a')", 'truncate log'],
  },
  {
    name: 'a partition',
    read: 'select * from day order by at',
    texts: ["insert into day_2025 values ('2025-09-09', 4)"],
  },
];

import { createDatabase, toInvalidationSql, type Database, type DatabaseOptions } from '@dataguardian/database';
import { queries, queryInvalidations } from '@dataguardian/telemetry';
import { until } from '@dataguardian/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOREIGN_CHANGES, OWN_CHANGES } from '../query-cache/changes.ts';
import { cacheWorld, PATIENT_LEASE_MS, type CacheWorld } from '../query-cache/world.ts';

const LEASE_MS = 1_000;
const PATIENT = { queryCacheOptions: { leaseMs: PATIENT_LEASE_MS } };
let world: CacheWorld;
const useWorld = (options: DatabaseOptions = {}): void => {
  beforeAll(async () => {
    world = await cacheWorld(options);
  });
  afterAll(() => world.close());
};

describe('after an own change, the next read sees it', () => {
  useWorld();
  it.each(OWN_CHANGES)('$name', async ({ read, values = [], change }) => {
    const { database, warm, truth } = world;
    await warm(read, values);
    await change(database);
    const { rows } = await database.query(read, values);
    expect(rows).toEqual(await truth(read, values));
    // What was read while the change went on must not come back.
    expect((await database.query(read, values)).rows).toEqual(await truth(read, values));
  });
});

describe("within a lease, the next read sees somebody else's change", () => {
  useWorld();
  it.each(FOREIGN_CHANGES)('$name', async ({ read, texts }) => {
    const { database, other, outsider, warm, truth } = world;
    await warm(read);
    await warm(read, [], other);
    for (const text of texts) await outsider.query(text);
    const expected = JSON.stringify(await truth(read));
    const from = performance.now();
    for (const each of [database, other]) {
      let lastStaleAt = from;
      await until(
        async () => {
          const askedAt = performance.now();
          const isSeen = JSON.stringify((await each.query(read)).rows) === expected;
          if (!isSeen) lastStaleAt = askedAt;
          return isSeen;
        },
        { intervalMs: 1 },
      );
      // A reader that polls can be late itself: promised is that nobody is told the old who asks after a lease.
      expect(lastStaleAt - from).toBeLessThan(LEASE_MS);
    }
  });

  it('and the change of another process with a cache', async () => {
    const { database, other, warm } = world;
    const read = 'select n from shop where id = 5';
    for (let round = 0; round < 20; round++) {
      await warm(read);
      const { rows } = await other.query<{ n: number }>('update shop set n = n + 1 where id = 5 returning n');
      const isSeen = async (): Promise<boolean> =>
        (await database.query<{ n: number }>(read)).rows[0]?.n === rows[0]?.n;
      expect(await until(isSeen, { intervalMs: 1 })).toBe(true);
    }
  });
});

describe('memory answers', () => {
  useWorld(PATIENT);
  it('so that the server runs a statement once', async () => {
    const { database, executions, warm } = world;
    const text = 'select n as once from shop where id = $1';
    await warm(text, [1]);
    const before = await executions('from shop');
    for (let count = 0; count < 50; count++) await database.query(text, [1]);
    expect(await executions('from shop')).toBe(before);
  });

  it('and a hundred callers of a missing answer share one run', async () => {
    const { database, executions, warm } = world;
    const text = 'select n as shared from shop where id = $1';
    await warm(text, [1]);
    const before = await executions('from shop');
    await Promise.all(Array.from({ length: 100 }, () => database.query(text, [2])));
    expect((await executions('from shop')) - before).toBe(1);
  });

  it('for a key while other keys are written', async () => {
    const { database, warm, verdict } = world;
    const text = 'select n from shop where id = $1';
    await warm(text, [1]);
    await database.query('update shop set n = n + 1 where id = 2');
    expect(await verdict(text, [1])).toBe('hit');
    await database.query('update shop set n = n + 1 where id = 1');
    expect(await verdict(text, [1])).toBe('miss');
  });

  it('for pg.Pool users', async () => {
    const { database, executions, warm } = world;
    const text = 'select n as pooled from shop where id = $1';
    await warm(text, [1]);
    const before = await executions('from shop');
    const pool = database.asPgPool();
    const result = await pool.query(text, [1]);
    expect(result.fields.map(({ name }) => name)).toEqual(['pooled']);
    expect(result.rowCount).toBe(1);
    expect(await executions('from shop')).toBe(before);
  });

  it('with the type parsers of now', async () => {
    const { database, warm } = world;
    const read = "select at from day where at = '2025-06-01'";
    await warm(read);
    const day = [{ at: new Date(2025, 5, 1) }];
    expect((await database.query(read)).rows).toEqual(day);
    const parser = pg.types.getTypeParser(pg.types.builtins.DATE);
    pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
    try {
      expect((await database.query(read)).rows).toEqual([{ at: '2025-06-01' }]);
    } finally {
      pg.types.setTypeParser(pg.types.builtins.DATE, parser);
    }
    expect((await database.query(read)).rows).toEqual(day);
  });

  it('within the bytes it may use', async () => {
    const database = await world.connect({ queryCacheOptions: { maxBytes: 400_000 } });
    const text = 'select id, name from shop where id >= $1 order by id';
    await world.warm(text, [1], database);
    for (let id = 0; id < 150; id++) await database.query(text, [id]);
    const { bytes = 0, entries = 0 } = database.statistics().queryCache ?? {};
    expect(entries).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(400_000);
  });

  it('and says so', async () => {
    const { database, warm } = world;
    const text = 'select n as told from shop where id = 1';
    await warm(text);
    const verdicts: string[] = [];
    const tables: string[] = [];
    const stops = [
      queries.subscribe(({ statement, verdict }) => {
        if (statement.includes('told')) verdicts.push(verdict);
      }),
      queryInvalidations.subscribe((event) => tables.push(...event.tables)),
    ];
    await database.query(text);
    await database.query('update shop set n = n + 1 where id = 1');
    await database.query(text);
    await database.query(text, [], { queryCache: 'off' });
    for (const stop of stops) stop();
    expect(verdicts).toEqual(['hit', 'miss', 'off']);
    expect(tables).toContain('public.shop');
  });
});

describe('never from memory', () => {
  useWorld(PATIENT);
  it.each([
    ['random()', 'select random() as never_1 from shop'],
    ['now()', 'select now() as never_2 from shop'],
    ['FOR UPDATE', 'select n as never_3 from shop for update'],
    ['a writing function', 'select bump(1) as never_4'],
    ['a table without triggers', 'select n as never_5 from (select 1 as n from pg_class) c'],
    ['no table', 'select 1 as never_6'],
    ['SHOW', 'show search_path'],
  ])('%s', async (_, text) => {
    const { database, verdict } = world;
    await until(async () => (await verdict(text)) === 'uncacheable');
    expect((await database.explainCaching(text)).cacheable).toBe(false);
  });

  it.each([
    ['in a transaction', 'never_a'],
    ['on a lent session', 'never_b'],
    ['on a checked-out client', 'never_c'],
    ['when the statement says off', 'never_d'],
  ])('%s', async (name, alias) => {
    const { database, executions, warm } = world;
    const text = `select n as ${alias} from shop where id = 1`;
    await warm(text);
    const before = await executions('from shop');
    if (name === 'in a transaction')
      await database.transaction(async (sql) => {
        await sql.query(text);
        await sql.query(text);
      });
    else if (name === 'on a lent session')
      await database.withConnection(async (sql) => {
        await sql.query(text);
        await sql.query(text);
      });
    else if (name === 'when the statement says off') {
      await database.query(text, [], { queryCache: 'off' });
      await database.query(text, [], { queryCache: 'off' });
    } else {
      const client = await database.asPgPool().connect();
      await client.query(text);
      await client.query(text);
      client.release();
    }
    expect((await executions('from shop')) - before).toBe(2);
  });

  it("with a parameter such as 'now'", async () => {
    const { database, executions } = world;
    const text = 'select n as never_e from day where at < $1';
    await database.explainCaching(text);
    const before = await executions('from day');
    for (let count = 0; count < 3; count++) await database.query(text, ['today']);
    expect((await executions('from day')) - before).toBe(3);
  });

  it('with a parameter that is an object', async () => {
    const { database, verdict } = world;
    const text = "select n from shop where name = ($1::jsonb ->> 'name')";
    await database.explainCaching(text);
    expect(await verdict(text, [{ name: 'shop 1' }])).toBe('bypass');
    expect(await verdict(text, [{ name: 'shop 1' }])).toBe('bypass');
  });
});

describe('what a session set', () => {
  useWorld(PATIENT);
  it.each([
    ['search_path', 'set search_path = elsewhere', 'select count(*)::int as n from shop', 1],
    ['a temporary table', 'create temp table shop as select 42 as n', 'select count(*)::int as n from shop', 1],
    ['set_config', "select set_config('search_path', 'elsewhere', false)", 'select count(*)::int as n from shop', 1],
    ['a role', 'set role nobody_reads', 'select current_user::text as n, id from shop limit 0', 0],
  ])('by %s is what its reads see', async (_, set, text, rowCount) => {
    await world.outsider.query(
      'create schema if not exists elsewhere; create table if not exists elsewhere.shop (n int)',
    );
    await world.outsider.query(
      'do $$ begin create role nobody_reads; exception when duplicate_object then null; end $$; grant select on shop to nobody_reads',
    );
    const database = await world.connect({ maxConnections: 1, laneCount: 0 });
    await database.explainCaching(text);
    await database.query(text);
    await database.query(set);
    const { rows } = await database.query<{ n: unknown }>(text);
    expect(rows.length).toBe(rowCount);
    expect(rows[0]?.n ?? 0).not.toBe(200);
    expect(database.statistics().queryCache?.state).toBe('session-settings-changed');
    await database.query('discard all');
    expect(database.statistics().queryCache?.state).not.toBe('session-settings-changed');
  });

  it('for one transaction only changes nothing for others', async () => {
    const { database, warm, verdict } = world;
    const text = 'select count(*) from shop where n >= 0';
    await warm(text);
    await database.transaction(async (sql) => sql.query('select 1'), { settings: { 'app.tenant': 'x' } });
    await database.transaction(async (sql) => sql.query("set local timezone = 'Asia/Tokyo'"));
    expect(await verdict(text)).toBe('hit');
  });
});

describe('reads with settings of their own', () => {
  it('are cached by their settings, under row-level security', async () => {
    const own = await cacheWorld(PATIENT);
    const role = `tenant_${own.postgres.databaseName}`;
    await own.postgres.execute(`
      create table secret (id int primary key, tenant text, note text);
      insert into secret values (1, 'a', 'of a'), (2, 'b', 'of b');
      alter table secret enable row level security;
      create policy mine on secret using (tenant = current_setting('app.tenant', true));
      create role ${role} nologin;
      grant all on secret to ${role};
      ${toInvalidationSql({ tables: ['secret'] })}`);
    const database = await own.connect({ role });
    const read = async (tenant: string): Promise<{ readonly notes: unknown; readonly verdict: unknown }> => {
      const result = await database.cachedRead('select note from secret order by id', [], {
        settings: { 'app.tenant': tenant },
      });
      return { notes: result.rows.map(({ note }) => note), verdict: (result as { verdict?: string }).verdict };
    };
    await until(async () => (await read('a')).verdict === 'hit');
    await until(async () => (await read('b')).verdict === 'hit');
    expect((await read('a')).notes).toEqual(['of a']);
    expect((await read('b')).notes).toEqual(['of b']);
    await database.transaction((sql) => sql.query("update secret set note = 'new' where id = 1"), {
      settings: { 'app.tenant': 'a' },
    });
    expect(await read('a')).toEqual({ notes: ['new'], verdict: 'miss' });
    expect((await database.query('select note from secret')).rows).toEqual([]);
    expect(await database.explainCaching('select note from secret')).toMatchObject({ code: 'row-security' });
    await own.postgres.execute(`drop policy mine on secret; create policy mine on secret using (true)`);
    await until(async () => ((await read('a')).notes as unknown[]).length === 2);
    await database.close();
    await own.postgres.execute(`drop owned by ${role}; drop role ${role}`);
    await own.close();
  });
});

describe.each([
  ["tenant = current_setting('app.tenant', true)"],
  ["tenant = (select nullif(current_setting('app.tenant', true), ''))"],
])("reads that row-level security narrows to one tenant's rows: %s", (MINE) => {
  const TEXT = 'select id, note from secret order by id';
  let own: CacheWorld;
  let role: string;
  let database: Database;

  beforeAll(async () => {
    own = await cacheWorld(PATIENT);
    role = `narrow_${own.postgres.databaseName}`;
    await own.postgres.execute(`
      create table secret (id int primary key, tenant text, note text);
      insert into secret select g, case when g % 2 = 0 then 'a' else 'b' end, 'note' from generate_series(1, 200) g;
      alter table secret enable row level security;
      create policy mine on secret using (${MINE} and note is not null);
      create policy everything on secret to ${(await own.truth('select current_user::text as me'))
        .map((row) => Object.values(row)[0])
        .join('')} using (true);
      create role ${role} nologin;
      create role ${role}_group nologin;
      grant all on secret to ${role};
      ${toInvalidationSql({ tables: ['secret'], keys: { secret: { only: ['tenant'] } } })}`);
    database = await own.connect({ role });
  });
  afterAll(async () => {
    await database.close();
    await own.postgres.execute(`drop owned by ${role}, ${role}_group; drop role ${role}, ${role}_group`);
    await own.close();
  });

  const read = async (tenant: string): Promise<string | undefined> =>
    ((await database.cachedRead(TEXT, [], { settings: { 'app.tenant': tenant } })) as { verdict?: string }).verdict;
  const warm = (): Promise<unknown> =>
    until(async () => (await read('a')) === 'hit' && (await read('b')) === 'hit', { what: 'both to be hits' });
  const write = (sql: string): Promise<unknown> =>
    database.transaction((transaction) => transaction.query(sql), { settings: { 'app.tenant': 'b' } });

  it('say so', async () => {
    expect(await database.explainCaching(TEXT, { settings: { 'app.tenant': 'a' } })).toMatchObject({
      cacheable: true,
      keys: ['public.secret.tenant'],
    });
  });

  it.each([
    "insert into secret values (1001, 'b', 'new')",
    "update secret set note = note || '!' where id = 1",
    "insert into secret select g, 'b', 'many' from generate_series(2000, 2500) g",
    "update secret set note = note || '?'",
    'delete from secret where id > 1000',
  ])("stay in memory while others' rows are written: %s", async (sql) => {
    await warm();
    await write(sql);
    await until(() => database.statistics().queryCache?.state === 'open');
    expect([await read('a'), await read('b')]).toEqual(['hit', 'miss']);
  });

  it('see a row that changes hands', async () => {
    await warm();
    await own.outsider.query("update secret set tenant = 'a' where id = 3");
    await until(async () => (await read('a')) !== 'hit');
    const { rows } = await database.cachedRead<{ id: number }>(TEXT, [], { settings: { 'app.tenant': 'a' } });
    expect(rows.some(({ id }) => id === 3)).toBe(true);
    await until(async () => {
      const seen = await database.cachedRead<{ id: number }>(TEXT, [], { settings: { 'app.tenant': 'b' } });
      return seen.rows.every(({ id }) => id !== 3);
    });
  });

  it('depend on the whole table once a policy shows other rows too', async () => {
    await own.postgres.execute(`create policy shared on secret to ${role}_group using (note = 'shared')`);
    await until(async () => (await read('a')) !== undefined);
    const keys = async (): Promise<readonly string[]> =>
      (await database.explainCaching(TEXT, { settings: { 'app.tenant': 'a' } })).keys;
    expect(await keys()).toEqual(['public.secret.tenant']);
    await own.postgres.execute(`grant ${role}_group to ${role}`);
    await until(async () => (await keys()).length === 0, { what: 'the granted role to be seen' });
    // The server itself goes on with the policies of before in statements that sessions keep prepared.
    const text = `${TEXT} desc`;
    const again = () => database.cachedRead<{ id: number }>(text, [], { settings: { 'app.tenant': 'a' } });
    await until(
      async () => 'verdict' in (await again()) && ((await again()) as { verdict?: string }).verdict === 'hit',
    );
    await write("update secret set note = 'shared' where id = 5");
    const { rows } = await again();
    expect(rows.some(({ id }) => id === 5)).toBe(true);
  });
});

describe('when a part is broken', () => {
  it('a killed listener means bypass, and memory again once it is back', async () => {
    const own = await cacheWorld();
    const { database, other, outsider, warm, verdict } = own;
    // Of two caches nobody could tell whose channel an event is about.
    await other.close();
    const text = 'select n from shop where id = 1';
    await warm(text);
    const origins: string[] = [];
    const stop = queryInvalidations.subscribe(({ origin }) => origins.push(origin));
    await outsider.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like '% cache' and datname = current_database()",
    );
    await until(() => origins.includes('channel-lost'));
    stop();
    await outsider.query('update shop set n = 4711 where id = 1');
    expect((await database.query(text)).rows).toEqual([{ n: 4711 }]);
    await warm(text);
    expect(await verdict(text)).toBe('hit');
    await own.close();
  });

  it('a database without triggers works as without a cache', async () => {
    const own = await cacheWorld();
    await own.postgres.execute('drop schema dgopt cascade');
    await until(async () => {
      const explained = await own.database.explainCaching('select * from shop');
      return !explained.cacheable && explained.code === 'no-trigger';
    });
    await own.database.query('update shop set n = 5 where id = 1');
    expect((await own.database.query('select n from shop where id = 1')).rows).toEqual([{ n: 5 }]);
    await own.close();
  });

  it('without event triggers, changes of the schema are found within a lease', async () => {
    const own = await cacheWorld();
    const { database, outsider, warm } = own;
    await own.postgres.execute('drop event trigger dgopt_schema; drop event trigger dgopt_drop');
    await until(() => database.statistics().queryCache?.watchesSchema === false);
    await warm('select * from log');
    await outsider.query('alter table log add column later int');
    await outsider.query("insert into log (what, later) values ('x', 1)");
    await until(async () => (await database.query<{ later?: number }>('select * from log')).rows[0]?.later === 1);
    await database.query('alter table log drop column later');
    expect((await database.query('select * from log')).rows).toEqual([{ id: 1, what: 'x' }]);
    await own.close();
  });

  it('an unreachable server gives the errors of the pool', async () => {
    const database = createDatabase({
      connectionString: 'postgresql://nobody@127.0.0.1:1/none',
      queryCache: 'on',
      minConnections: 0,
    });
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await database.explainCaching('select * from shop')).toMatchObject({ cacheable: false });
    await database.close();
  });
});

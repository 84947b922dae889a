import { createDatabase, type Database, type DatabaseOptions } from '@dataguardian/database';
import { systemClock } from '@dataguardian/telemetry';
import { createFaultProxy, postgresForTest, until, type TestPostgres } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let postgres: TestPostgres;
let open: Database[];

beforeEach(async () => {
  postgres = await postgresForTest();
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((database) => database.close()));
  await postgres.close();
});

function connect(options: DatabaseOptions = {}): Database {
  // A threshold that no loaded machine reaches: what shares is decided by the kind of a statement alone.
  const database = createDatabase({
    connectionString: postgres.url,
    minConnections: 2,
    maxConnections: 8,
    slowStatementMs: 60_000,
    ...options,
  });
  open.push(database);
  return database;
}

const BACKEND = 'select $1::int as n, pg_backend_pid() as pid';

/** Asks until statements of the shape share, and gives the sessions that carried the last ones. */
async function share(database: Database): Promise<Set<number>> {
  return until(async () => {
    // Those of before carried none of it: sessions that two lanes came after may be anybody's next.
    const hadLanes = database.statistics().lanes.count === 2;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => database.query<{ n: number; pid: number }>(BACKEND, [n])),
    );
    expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    const pids = new Set(answers.map(({ rows }) => rows[0]?.pid ?? 0));
    return hadLanes && database.statistics().lanes.count === 2 && pids.size <= 2 ? pids : undefined;
  });
}

describe('statements that share sessions', () => {
  it('give every caller his own answer, over two sessions for forty callers', async () => {
    const database = connect();
    await until(async () => (await share(database)).size === 2);
    expect(database.statistics().lanes).toEqual({ count: 2, inFlightCount: 0 });
  });

  it('fail alone', async () => {
    const database = connect();
    await share(database);
    const divide = 'select 10 / $1::int as n';
    await database.query(divide, [1]);
    await database.query(divide, [2]);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) => database.query<{ n: number }>(divide, [n % 3])),
    );
    const expected = Array.from({ length: 30 }, (_, n) =>
      n % 3 === 0
        ? { status: 'rejected', reason: { code: '22012', severity: 'ERROR' } }
        : { status: 'fulfilled', value: { rows: [{ n: n % 3 === 1 ? 10 : 5 }] } },
    );
    expect(outcomes).toMatchObject(expected);
  });

  it('say where the caller asked when they fail', async () => {
    const database = connect();
    const askWrongly = async (): Promise<unknown> => {
      return await database.query('select no_such_column');
    };
    await expect(askWrongly()).rejects.toMatchObject({ code: '42703', stack: expect.stringContaining('askWrongly') });
  });

  it('see the columns of a table as they are after it was changed', async () => {
    const database = connect();
    await database.query('create table t (id int primary key, note text)');
    await database.query("insert into t values (1, 'one')");
    const all = 'select * from t where id = $1';
    for (let round = 0; round < 8; round++) await database.query(all, [1]);
    await database.query('alter table t add column more int default 7');
    expect((await database.query(all, [1])).rows).toEqual([{ id: 1, note: 'one', more: 7 }]);
    await database.query('alter table t alter column id type text');
    expect((await database.query(all, ['1'])).rows).toEqual([{ id: '1', note: 'one', more: 7 }]);
  });

  it('go on after somebody dropped what they had prepared', async () => {
    const database = connect({ maxConnections: 1, minConnections: 0 });
    const text = 'select $1::int as n';
    for (let n = 0; n < 4; n++) await database.query(text, [n]);
    await database.query('deallocate all');
    expect((await database.query(text, [5])).rows).toEqual([{ n: 5 }]);
  });

  it('keep no more prepared statements than they may', async () => {
    const database = connect({ maxConnections: 1, minConnections: 0, maxPreparedStatements: 5 });
    for (let n = 0; n < 30; n++)
      for (let time = 0; time < 3; time++) await database.query(`select ${n} as n${n}, $1::int as v`, [time]);
    const { rows } = await database.query<{ count: number }>(
      'select count(*)::int as count from pg_prepared_statements',
    );
    expect(rows[0]?.count).toBeLessThanOrEqual(5);
    expect(rows[0]?.count).toBeGreaterThan(0);
  });

  it('have their statements planned anew on request and after ten minutes, which the server never does', async () => {
    let laterMs = 0;
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + laterMs };
    const database = connect({ maxConnections: 1, minConnections: 0, clock });
    const text = 'select $1::int as n';
    const run = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) expect((await database.query(text, [n])).rows).toEqual([{ n }]);
    };
    const plans = async (): Promise<object | undefined> => {
      const { rows } = await database.query(
        'select generic_plans::int as generic, custom_plans::int as custom from pg_prepared_statements where statement = $1',
        [text],
      );
      expect(rows.length).toBeLessThanOrEqual(1);
      return rows[0];
    };
    // The first run is not prepared; after five of their own the server keeps to one plan for all values.
    await run(8);
    expect(await plans()).toEqual({ generic: 2, custom: 5 });
    database.renewStatements();
    await run(2);
    expect(await plans()).toEqual({ generic: 0, custom: 2 });
    laterMs = 11 * 60_000;
    await run(1);
    expect(await plans()).toEqual({ generic: 0, custom: 1 });
  });

  it('prepare nothing behind a pooler that forgets', async () => {
    const database = connect({ maxConnections: 1, minConnections: 0, maxPreparedStatements: 0 });
    for (let time = 0; time < 4; time++) await database.query('select $1::int as v', [time]);
    const { rows } = await database.query('select name from pg_prepared_statements');
    expect(rows).toEqual([]);
  });

  it('leave writes, locks and settings to sessions of their own', async () => {
    const database = connect();
    const shared = await share(database);
    await database.query('create table t (pid int)');
    const own = await Promise.all([
      ...Array.from({ length: 3 }, () =>
        database.query<{ pid: number }>('insert into t values (pg_backend_pid()) returning pid'),
      ),
      database.query<{ pid: number }>("select pg_backend_pid() as pid, set_config('app.x', 'y', false)"),
    ]);
    for (const { rows } of own) expect(shared.has(rows[0]?.pid ?? 0)).toBe(false);
  });

  it('are not held up by a transaction that waits', async () => {
    const database = connect();
    await share(database);
    await database.query('create table t (n int)');
    const answered = await database.transaction(async (transaction) => {
      await transaction.query('lock table t in access exclusive mode');
      return database.query<{ n: number }>(BACKEND, [1]);
    });
    expect(answered.rows[0]?.n).toBe(1);
  });

  it('all settle when their session is killed, with an error that says so, and others take over', async () => {
    const database = connect();
    const shared = await share(database);
    const outcomes = Promise.allSettled(Array.from({ length: 60 }, (_, n) => database.query(BACKEND, [n])));
    for (const pid of shared) await postgres.execute(`select pg_terminate_backend(${pid})`);
    const failures = (await outcomes).flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(failures.filter(({ code }) => code !== 'DATABASE_CONNECTION_LOST')).toEqual([]);
    const again = await until(() => share(database));
    for (const pid of shared) expect(again.has(pid)).toBe(false);
  });

  it('settle when the network falls silent', async () => {
    const url = new URL(postgres.url);
    const host = url.searchParams.get('host') ?? url.hostname;
    const port = Number(url.port || 5432);
    const proxy = await createFaultProxy(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { port });
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    const database = connect({
      connectionString: url.href,
      statementTimeoutMs: 1_000,
      connectTimeoutMs: 2_000,
      minConnections: 0,
    });
    await share(database);
    proxy.setFaults({ blackhole: true });
    const outcomes = await Promise.allSettled([
      database.query(BACKEND, [1]),
      database.query("select set_config('a.b', 'c', true)"),
      database.transaction((transaction) => transaction.query('select 1')),
    ]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: expect.stringMatching(/^DATABASE_/) } });
    proxy.setFaults({});
    expect((await until(() => database.query(BACKEND, [2]))).rows).toHaveLength(1);
    await database.close();
    await proxy.close();
  });
});

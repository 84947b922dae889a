import { createDatabase, type Database, type DatabaseOptions } from '@dataguardian/database';
import { ownPostgresForTest, postgresForTest, until, type TestPostgres } from '@dataguardian/testing';
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
  const database = createDatabase({ connectionString: postgres.url, minConnections: 0, ...options });
  open.push(database);
  return database;
}

describe('the database', () => {
  it('answers many callers over few connections', async () => {
    const database = connect({ maxConnections: 3 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => database.query<{ n: number }>('select $1::int as n', [index])),
    );
    expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(database.statistics().pool.total).toBeLessThanOrEqual(3);
  });

  it('says that no connection became free in time, and goes on afterwards', async () => {
    const database = connect({ maxConnections: 1, acquireTimeoutMs: 1_000 });
    await database.withConnection(async () => {
      await expect(database.query('select 1')).rejects.toMatchObject({ code: 'DATABASE_ACQUIRE_TIMEOUT' });
    });
    expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('rolls back what fails', async () => {
    const database = connect();
    await database.query('create table t (n int)');
    const failing = database.transaction(async (transaction) => {
      await transaction.query('insert into t values (1)');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect((await database.query('select * from t')).rows).toEqual([]);
  });

  it('says that nothing was committed when the error of a statement was swallowed', async () => {
    const database = connect();
    await database.query('create table t (n int)');
    const swallowing = database.transaction(async (transaction) => {
      await transaction.query('insert into t values (1)');
      await transaction.query('select no_such_column').catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: 'DATABASE_TRANSACTION_ABORTED' });
    expect((await database.query('select * from t')).rows).toEqual([]);
  });

  it('lends no session on which a transaction was left open', async () => {
    const database = connect({ maxConnections: 1 });
    await database.withConnection(async (connection) => {
      await connection.query('begin');
      await connection.query("select set_config('app.user_id', 'anna', true)");
    });
    const { rows } = await database.query<{ id: string | null }>("select current_setting('app.user_id', true) as id");
    expect(rows[0]?.id ?? '').toBe('');
  });

  it('ends settings with their transaction', async () => {
    const database = connect({ maxConnections: 1 });
    const read = "select current_setting('app.user_id', true) as id";
    const inside = await database.transaction((transaction) => transaction.query(read), {
      settings: { 'app.user_id': 'anna' },
    });
    expect(inside.rows).toEqual([{ id: 'anna' }]);
    expect((await database.query<{ id: string }>(read)).rows[0]?.id ?? '').toBe('');
  });

  it('takes on its role and limits beside options of the connection string', async () => {
    const role = `asked_${postgres.databaseName}`;
    await postgres.execute(`create role ${role} nologin`);
    const url = new URL(postgres.url);
    url.searchParams.set('options', '-c statement_timeout=1 -c search_path=pg_catalog');
    const database = createDatabase({ connectionString: url.href, role, minConnections: 0, statementTimeoutMs: 4_000 });
    const { rows } = await database.query(
      "select current_user::text as who, current_setting('search_path') as path, current_setting('statement_timeout') as most",
    );
    expect(rows).toEqual([{ who: role, path: 'pg_catalog', most: '4s' }]);
    await database.close();
    await postgres.execute(`drop role ${role}`);
  });

  it('takes on its role as it connects', async () => {
    const role = `r_${postgres.databaseName}`;
    await postgres.execute(`create role ${role} nologin`);
    const database = connect({ role });
    expect((await database.query('select current_user as name')).rows).toEqual([{ name: role }]);
    await database.close();
    await postgres.execute(`drop role ${role}`);
  });

  it('hears notifications again after its connection was lost', async () => {
    const database = connect();
    const heard: string[] = [];
    await database.listen('news', (payload) => heard.push(payload));
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%listen' and datname = current_database()",
    );
    await until(async () => {
      await database.query("select pg_notify('news', 'again')");
      return heard.includes('again');
    });
    expect(heard).toContain('again');
  });

  it('lends sessions to what expects a pg.Pool', async () => {
    const pool = connect().asPgPool();
    const client = await pool.connect();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    client.release();
    expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([1, 1, 0]);
  });

  it('gives a session that was released with an error to nobody', async () => {
    const pool = connect({ maxConnections: 1 }).asPgPool();
    for (let round = 0; round < 5; round++) {
      const client = await pool.connect();
      const next = pool.query('select 1 as one');
      client.release(new Error('broken'));
      expect((await next).rows).toEqual([{ one: 1 }]);
    }
  });
});

it('says that the server is away at once, and answers again when it is back', async () => {
  const server = await ownPostgresForTest();
  const database = createDatabase({ connectionString: server.connectionString, minConnections: 0 });
  const [{ pid } = { pid: 0 }] = (
    await database.query<{ pid: number }>("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as pid")
  ).rows;
  process.kill(pid, 'SIGKILL');
  const failure = await until(() =>
    database.query('select 1').then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  expect(failure).toMatchObject({ code: expect.stringMatching(/^DATABASE_(UNAVAILABLE|CONNECTION_LOST)$/) });
  const rows = await until(() => database.query('select 1 as one').then((result) => result.rows));
  expect(rows).toEqual([{ one: 1 }]);
  expect(database.health().status).toBe('up');
  await database.close();
  await server.stop();
});

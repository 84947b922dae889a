import { createDatabase, PgCompatiblePool, type Database } from '@dataguardian/database';
import { postgresForTest, until, type TestPostgres } from '@dataguardian/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let postgres: TestPostgres;
let database: Database;

beforeEach(async () => {
  postgres = await postgresForTest();
  database = createDatabase({ connectionString: postgres.url, minConnections: 0, maxConnections: 8 });
});

afterEach(async () => {
  await database.close();
  await postgres.close();
});

describe('the face of a pg.Pool', () => {
  it('takes texts, configurations and callbacks', async () => {
    const pool = database.asPgPool();
    expect((await pool.query('select $1::int as n', [1])).rows).toEqual([{ n: 1 }]);
    expect((await pool.query({ text: 'select $1::int as n', values: [2] })).rows).toEqual([{ n: 2 }]);
    const arrays = await pool.query({ text: 'select 1 as a, 2 as b', rowMode: 'array' } as pg.QueryConfig);
    expect(arrays.rows).toEqual([[1, 2]]);
    expect((await pool.query({ name: 'mine', text: 'select $1::int as n', values: [3] })).rows).toEqual([{ n: 3 }]);
    const rows = await new Promise((resolve, reject) => {
      pool.query('select 4 as n', (error, result) => (error ? reject(error) : resolve(result.rows)));
    });
    expect(rows).toEqual([{ n: 4 }]);
    const all = (await pool.query('select 1 as a; select 2 as b')) as unknown as pg.QueryResult[];
    expect(all.map((result) => result.rows)).toEqual([[{ a: 1 }], [{ b: 2 }]]);
  });

  it('gives the results of pg: command, count, fields, null where nothing is counted', async () => {
    const pool = database.asPgPool();
    const created = await pool.query('create table t (n int)');
    expect([created.command, created.rowCount]).toEqual(['CREATE', null]);
    const inserted = await pool.query('insert into t values ($1), ($2)', [1, 2]);
    expect([inserted.command, inserted.rowCount, inserted.rows]).toEqual(['INSERT', 2, []]);
    const plain = new pg.Client({ connectionString: postgres.url });
    await plain.connect();
    const expected = await plain.query('select n, n::text as t, now() as at from t where n > $1', [0]);
    await plain.end();
    const given = await pool.query('select n, n::text as t, now() as at from t where n > $1', [0]);
    expect(given.fields).toEqual(expected.fields.map((field) => ({ ...field })));
  });

  it('tells of connections, and lends clients that know their way back', async () => {
    const pool = database.asPgPool();
    const heard: string[] = [];
    for (const event of ['connect', 'acquire', 'release', 'remove'] as const) pool.on(event, () => heard.push(event));
    const client = await pool.connect();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    client.release(true);
    expect(() => client.release()).toThrow('already been released');
    expect(heard).toEqual(['connect', 'acquire', 'release', 'remove']);
  });

  it('ends alone: the database goes on', async () => {
    const pool = database.asPgPool();
    await pool.end();
    await expect(pool.query('select 1')).rejects.toThrow('after calling end');
    expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('waits for statements that a borrower left running before it lends the client again', async () => {
    const pool = createDatabase({ connectionString: postgres.url, minConnections: 0, maxConnections: 1 });
    const client = await pool.asPgPool().connect();
    const left = client.query('select pg_sleep(0.05), 1 as one');
    client.release();
    expect((await pool.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
    expect((await left).rows[0]).toMatchObject({ one: 1 });
    await pool.close();
  });
});

describe('the pool class', () => {
  it('shares clients among short reads, and counts as pg.Pool does', async () => {
    const pool = new PgCompatiblePool({ connectionString: postgres.url, max: 4, slowStatementMs: 60_000 });
    const counts = { acquire: 0, release: 0 };
    pool.on('acquire', () => (counts.acquire += 1));
    pool.on('release', () => (counts.release += 1));
    const text = 'select $1::int as n, pg_backend_pid() as pid';
    for (let n = 0; n < 3; n++) await pool.query(text, [n]);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => pool.query(text, [n])));
    expect(answers.map(({ rows }) => (rows[0] as { n: number }).n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(new Set(answers.map(({ rows }) => (rows[0] as { pid: number }).pid)).size).toBeLessThanOrEqual(2);
    expect(counts).toEqual({ acquire: 53, release: 53 });
    expect(pool.idleCount).toBe(pool.totalCount);
    await pool.end();
    expect(pool.totalCount).toBe(0);
  });

  it('lends a client of his own to whoever asks while reads share', async () => {
    const pool = new PgCompatiblePool({ connectionString: postgres.url, max: 1, slowStatementMs: 60_000 });
    const text = 'select $1::int as n';
    for (let n = 0; n < 3; n++) await pool.query(text, [n]);
    let stop = false;
    const reading = Array.from({ length: 10 }, async () => {
      while (!stop) await pool.query(text, [1]);
    });
    const client = await pool.connect();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    client.release();
    stop = true;
    await Promise.all(reading);
    await pool.end();
  });

  it('sends a client away whose statement failed, and the others that share it are answered', async () => {
    const pool = new PgCompatiblePool({ connectionString: postgres.url, max: 2, slowStatementMs: 60_000 });
    const text = 'select 10 / $1::int as n';
    for (let n = 1; n < 4; n++) await pool.query(text, [n]);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => pool.query(text, [n === 7 ? 0 : 1])),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(outcomes[7]).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
    await until(() => Promise.resolve(pool.idleCount === pool.totalCount));
    await pool.end();
  });
});

describe('what libraries ask of a pool', () => {
  it.each(['face', 'class'])('is a pg.Pool by ancestry, by name and by what can be read of it: %s', async (way) => {
    const pool = way === 'face' ? database.asPgPool() : new PgCompatiblePool({ connectionString: postgres.url });
    expect(pool).toBeInstanceOf(pg.Pool);
    // Drizzle and rate-limiter-flexible look at the name, and take what they do not know for one connection.
    expect(Object.getPrototypeOf(pool).constructor.name).toBe(pg.Pool.name);
    expect(pool.options).toMatchObject({ connectionString: postgres.url, maxUses: Infinity, allowExitOnIdle: false });
    expect(Object.keys(database.asPgPool().options)).not.toContain('connectionString');
    expect([pool.totalCount, pool.idleCount, pool.waitingCount, pool.expiredCount]).toEqual([0, 0, 0, 0]);
    await pool.end();
  });

  it('sends what `pg` alone understands through `pg`, answers and mistakes included', async () => {
    const pool = database.asPgPool() as unknown as { query(...given: unknown[]): Promise<pg.QueryResult> };
    expect((await pool.query(new pg.Query('select $1::int as n', [3]))).rows).toEqual([{ n: 3 }]);
    await expect(pool.query(new pg.Query('select nope'))).rejects.toMatchObject({ code: '42703' });
    await expect(pool.query(undefined)).rejects.toThrow('null or undefined query');
    await expect(pool.query('select $1::int', 'x')).rejects.toThrow('must be an array');
    await expect(pool.query('select $1::int as n')).rejects.toMatchObject({ code: '42P02' });
    await expect(pool.query({ text: 'select pg_sleep(20)', query_timeout: 30 })).rejects.toThrow('Query read timeout');
    const types = { getTypeParser: () => (text: string) => `<${text}>` };
    expect((await pool.query({ text: 'select 1 as n', types })).rows).toEqual([{ n: '<1>' }]);
    // Keys without a value are no wish.
    expect((await pool.query({ text: 'select 1 as n', types: undefined, name: undefined })).rows).toEqual([{ n: 1 }]);
  });

  it('reads texts and values of tagged templates', async () => {
    class Template {
      readonly strings = ['select ', '::int as n'];
      readonly values = [5];
      get text(): string {
        return this.strings.join('$1');
      }
    }
    expect((await database.asPgPool().query(new Template())).rows).toEqual([{ n: 5 }]);
  });

  it('fails in the words of pg.Pool', async () => {
    const small = createDatabase({
      connectionString: postgres.url,
      minConnections: 0,
      maxConnections: 1,
      // In it a connection must be opened, too.
      acquireTimeoutMs: 1_000,
    });
    const pool = small.asPgPool();
    const client = await pool.connect();
    await expect(pool.query('select 1')).rejects.toThrow('timeout exceeded when trying to connect');
    client.release();
    const running = pool.query('select pg_sleep(20) as mine');
    const end =
      "select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep(20) as mine%'";
    await Promise.all([
      expect(running).rejects.toMatchObject({ code: '57P01', severity: 'FATAL' }),
      until(async () => (await database.query(end)).rowCount > 0),
    ]);
    await small.close();
    const nowhere = createDatabase({ connectionString: 'postgresql://nobody@127.0.0.1:1/none', minConnections: 0 });
    await expect(nowhere.asPgPool().query('select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await nowhere.close();
  });

  it('shows where the caller asked, whatever stands between', async () => {
    const watched = createDatabase({
      connectionString: postgres.url,
      minConnections: 0,
      queryCache: 'on',
      statementObservers: [{ asked: () => undefined, finished: () => undefined }],
    });
    const pool = watched.asPgPool();
    const placeOfTheCaller = async (): Promise<void> => {
      await pool.query('select nope');
    };
    const error = await placeOfTheCaller().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: '42703', stack: expect.stringContaining('placeOfTheCaller') as string });
    await watched.close();
  });

  it('gives each caller a description of the columns of his own', async () => {
    for (const pool of [
      database.asPgPool(),
      new PgCompatiblePool({ connectionString: postgres.url, slowStatementMs: 60_000 }),
    ]) {
      for (let n = 0; n < 5; n++) {
        const { rows, fields } = await pool.query('select 1 as n');
        expect([rows, fields[0]?.name]).toEqual([[{ n: 1 }], 'n']);
        Object.assign(fields[0] ?? {}, { name: 'changed' });
      }
      await pool.end();
    }
  });

  it('waits at its end for the clients that it has lent, and ends once', async () => {
    const pool = database.asPgPool();
    const client = await pool.connect();
    const order: string[] = [];
    const ended = pool.end().then(() => order.push('ended'));
    expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
    order.push('released');
    client.release();
    await ended;
    expect(order).toEqual(['released', 'ended']);
    await expect(pool.end()).rejects.toThrow('more than once');
    await expect(pool.connect()).rejects.toThrow('after calling end');
  });

  it('tells of a session that was lost while nobody had it, and not of one that somebody has', async () => {
    const pool = database.asPgPool();
    const heard: unknown[] = [];
    pool.on('error', (error: Error & { client?: unknown }, client) => heard.push(error.client === client));
    const lent = await pool.connect();
    lent.on('error', () => undefined);
    const { rows } = await lent.query<{ pid: number }>('select pg_backend_pid() as pid');
    // Its last query may fail before the connection is seen to end; only then does it die in the hands of its borrower.
    const ended = new Promise((resolve) => lent.once('end', resolve));
    await database.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await ended;
    expect(heard).toEqual([]);
    lent.release();
    const idle = await pool.connect();
    const pid = (await idle.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
    const other = await pool.connect();
    idle.release();
    await other.query('select pg_terminate_backend($1)', [pid]);
    await until(() => Promise.resolve(heard.length > 0));
    other.release();
    expect(heard).toEqual([true]);
  });

  it('knows that a borrower had everything prepared dropped, also within a transaction', async () => {
    const single = createDatabase({ connectionString: postgres.url, minConnections: 0, maxConnections: 1 });
    const read = (): Promise<unknown> => single.transaction(async (tx) => (await tx.query('select 1 as n')).rows);
    for (let n = 0; n < 3; n++) await read();
    for (const command of ['discard all', 'deallocate all']) {
      const client = await single.asPgPool().connect();
      await client.query(command);
      client.release();
      expect(await read()).toEqual([{ n: 1 }]);
      expect(await read()).toEqual([{ n: 1 }]);
    }
    await single.close();
  });
});

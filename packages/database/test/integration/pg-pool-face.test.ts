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
      pool.query('select 4 as n', undefined, (error, result) => (error ? reject(error) : resolve(result?.rows)));
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
    for (const event of ['connect', 'acquire', 'release', 'remove']) pool.on(event, () => heard.push(event));
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

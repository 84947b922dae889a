import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Database } from '@dataguardian/database';
import { postgresForTest, redisForTest, until, type TestPostgres, type TestRedis } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPerformance, type Performance } from '../../src/index.ts';

const TEXT = 'select id, at, big, raw, doc, name from thing where id = $1';
/** On a machine that is late with everything the tier counts as slow and is left alone for seconds at a time. */
const PATIENCE_MS = 90_000;
const KEYS = { currentKeyId: 'k1', keys: { k1: randomBytes(32) } };

let postgres: TestPostgres;
let redis: TestRedis;
const open: Performance[] = [];

beforeEach(async () => {
  [postgres, redis] = await Promise.all([postgresForTest(), redisForTest()]);
  await postgres.execute(`
    create table thing (id int primary key, at timestamptz, big int8, raw bytea, doc jsonb, name text);
    insert into thing select g, '2026-01-02 03:04:05.678+00', 9007199254740993, '\\xdeadbeef', '{"a":[1,{"b":null}]}', 'thing ' || g
      from generate_series(1, 500) g`);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
  await Promise.all([postgres.close(), redis.close()]);
});

async function node(): Promise<Performance> {
  const performance = createPerformance({
    database: { connectionString: postgres.url, minConnections: 0, maxConnections: 4, queryCache: 'on' },
    redisUrl: redis.url,
    cache: { encryption: KEYS },
  });
  open.push(performance);
  await performance.cache.ready();
  await performance.database.installInvalidation({ tables: ['thing'] });
  await until(() => performance.database.statistics().queryCache?.state === 'open');
  await performance.database.explainCaching(TEXT);
  return performance;
}

const read = async (database: Database, id: number): Promise<{ readonly row: unknown; readonly verdict: unknown }> => {
  const result = await database.query(TEXT, [id]);
  return { row: result.rows[0], verdict: 'verdict' in result ? result.verdict : undefined };
};

/** Reads with one, then with the other, until the other finds it in Redis. */
async function share(one: Database, other: Database): Promise<{ readonly id: number; readonly row: unknown }> {
  let id = 0;
  let row: unknown;
  await until(
    async () => {
      id += 1;
      await read(one, id);
      const found = await read(other, id);
      ({ row } = found);
      return found.verdict === 'hit';
    },
    { what: 'an answer of the other process', timeoutMs: PATIENCE_MS },
  );
  return { id, row };
}

/** Keys and values as they travel. */
async function everythingIn({ port }: TestRedis): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.on('data', (bytes) => {
    heard += bytes.toString('latin1');
  });
  const say = async (command: string): Promise<string> => {
    heard = '';
    socket.write(`${command}\r\nECHO done-with-it\r\n`);
    await until(() => heard.endsWith('done-with-it\r\n'));
    return heard;
  };
  await once(socket, 'connect');
  const keys = (await say('KEYS *')).split('\r\n').filter((line) => /^[^$*]/.test(line) && line !== 'done-with-it');
  let all = keys.join('\n');
  for (const key of keys) all += await say(`GET ${key}`);
  socket.destroy();
  return all;
}

describe('answers of the query cache in Redis', { timeout: PATIENCE_MS * 2 }, () => {
  it('reach another process as the database gives them', async () => {
    const [one, other] = [await node(), await node()];
    const { id, row } = await share(one.database, other.database);
    const { rows } = await one.database.query(TEXT, [id], { queryCache: 'off' });
    expect(row).toEqual(rows[0]);
    expect(row).toMatchObject({ at: new Date('2026-01-02T03:04:05.678Z'), big: '9007199254740993' });
  });

  it('are not readable there', async () => {
    const [one, other] = [await node(), await node()];
    await share(one.database, other.database);
    const kept = await everythingIn(redis);
    expect(kept.length).toBeGreaterThan(500);
    expect(kept).not.toMatch(/thing \d|from thing|2026-01-02/);
  });

  it('that are older than a write are not given, and a Redis that dies fails no query', async () => {
    const [one, other] = [await node(), await node()];
    const { id } = await share(one.database, other.database);
    await one.database.query("update thing set name = 'new' where id = $1", [id]);
    expect((await read(one.database, id)).row).toMatchObject({ name: 'new' });
    await until(async () => ((await read(other.database, id)).row as { name: string }).name === 'new');
    await redis.kill();
    for (let next = 400; next < 420; next++)
      expect((await read(one.database, next)).row).toMatchObject({ name: `thing ${next}` });
    await one.database.query("update thing set name = 'newer' where id = $1", [id]);
    expect((await read(one.database, id)).row).toMatchObject({ name: 'newer' });
    await redis.restart();
    await one.database.query("update thing set name = 'newest' where id = $1", [id]);
    expect((await read(one.database, id)).row).toMatchObject({ name: 'newest' });
    await until(async () => ((await read(other.database, id)).row as { name: string }).name === 'newest');
  });
});

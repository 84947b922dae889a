import {
  createPerformance,
  sessionsMigrationSql,
  sessionsMigrationSqlV2,
  type Performance,
} from '@dataguardian/performance';
import { createFaultProxy, ownPostgresForTest, redisForTest, until } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PEOPLE = 20;
const DEVICE = { userAgent: 'Firefox', address: '127.0.0.1' };
const KEY = new Uint8Array(32).fill(7);

let postgres: Awaited<ReturnType<typeof ownPostgresForTest>>;
let redis: Awaited<ReturnType<typeof redisForTest>>;
let opened: Performance[];

beforeEach(async () => {
  postgres = await ownPostgresForTest();
  redis = await redisForTest();
  opened = [];
  const first = node();
  await first.database.query(sessionsMigrationSql);
  await first.database.query(sessionsMigrationSqlV2);
});

afterEach(async () => {
  await Promise.all(opened.map((performance) => performance.close()));
  await redis.close();
  await postgres.stop();
});

/** A process of its own as far as sessions can tell: own pool, own memory, the same PostgreSQL and Redis. */
function node(connectionString = postgres.connectionString): Performance {
  const performance = createPerformance({
    database: { connectionString, minConnections: 0, maxConnections: 4, acquireTimeoutMs: 20_000 },
    redisUrl: redis.url,
    cache: { encryption: { currentKeyId: 'k', keys: { k: KEY } } },
    sessions: { leaseMs: 1_000 },
  });
  opened.push(performance);
  return performance;
}

const signIn = async ({ sessions }: Performance): Promise<string[]> => {
  const started = await Promise.all(
    Array.from({ length: PEOPLE }, (_, index) => sessions.start({ userId: `user${index}`, roles: [], device: DEVICE })),
  );
  return started.map(({ token }) => token);
};

const signedIn = async ({ sessions }: Performance, tokens: readonly string[]): Promise<number> => {
  const found = await Promise.all(tokens.map(async (token) => sessions.resume(token).catch(() => undefined)));
  return found.filter((session) => session !== undefined).length;
};

describe('signed-in people', () => {
  it('notice nothing of a Redis that is killed, hangs, or comes back empty', async () => {
    const [here, there] = [node(), node()];
    const tokens = await signIn(here);
    await redis.kill();
    expect(await signedIn(here, tokens)).toBe(PEOPLE);
    expect(await signedIn(there, tokens)).toBe(PEOPLE);
    await redis.restart();
    expect(await signedIn(there, tokens)).toBe(PEOPLE);
    redis.freeze();
    expect(await signedIn(node(), tokens)).toBe(PEOPLE);
    redis.thaw();
    expect(await signedIn(here, tokens)).toBe(PEOPLE);
  });

  it('stay signed in while the database is away, also on a process that has just started', async () => {
    const first = node();
    // Who signs in before Redis is reached is not there for others to find.
    await until(() => first.cache.health().status === 'up');
    const tokens = await signIn(first);
    const proxy = await createFaultProxy({ port: 9 });
    const away = node(`postgresql://nobody@127.0.0.1:${proxy.port}/nothing`);
    await until(() => away.cache.health().status === 'up');
    await until(async () => (await signedIn(away, tokens)) === PEOPLE);
    expect(await signedIn(away, tokens)).toBe(PEOPLE);
    await proxy.close();
  });

  it('who sign out are signed out on every node, and stay so whatever dies and comes back (ASVS 7.4.1)', async () => {
    const [here, there] = [node(), node()];
    const tokens = await signIn(here);
    expect(await signedIn(there, tokens)).toBe(PEOPLE);
    const [first = ''] = tokens;
    const session = await here.sessions.resume(first);
    await here.sessions.revoke(session?.handle ?? '');
    await until(async () => (await there.sessions.resume(first)) === undefined);
    await redis.kill();
    await redis.restart();
    for (const performance of [here, there, node()]) {
      expect(await signedIn(performance, [first])).toBe(0);
      expect(await signedIn(performance, tokens.slice(1))).toBe(PEOPLE - 1);
    }
  });
});

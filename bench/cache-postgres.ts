// What a cache saves on three plain reads: the statement against PostgreSQL, the value from Redis, from memory.
// The platform's own reads, with all that belongs to them: cache-platform.ts.
import { ownPostgresForTest, type TestRedis } from '@dataguardian/testing';
import pg from 'pg';
import { createCache } from '../packages/cache/src/index.ts';
import { createDatabase } from '../packages/database/src/index.ts';
import { checkAlike, measureManyCallers, measureOneCaller, timesFaster, timesMore } from './cache-retrieval.ts';

const ROUNDS = 7;
const POOL_SIZE = 10;
const ORGANISATIONS = 20;
const SCANS = 200;
const FINDINGS = 200_000;

const SCHEMA = `
create table scans (id int primary key, organisation_id int not null, name text not null, started_at timestamptz not null);
create table findings (
  id bigint primary key, scan_id int not null references scans, organisation_id int not null, type text not null,
  severity text not null, confidence real not null, path text not null, line int not null, masked text not null,
  triage text, created_at timestamptz not null);
insert into scans select id, id % ${ORGANISATIONS}, 'Scan ' || id, timestamptz '2026-01-01' + id * interval '1 hour'
  from generate_series(0, ${SCANS - 1}) id;
insert into findings select id, id % ${SCANS}, (id % ${SCANS}) % ${ORGANISATIONS},
  (array['BSN','IBAN','EMAIL','PHONE','PERSON'])[1 + id % 5], (array['low','medium','high','critical'])[1 + (id / 7) % 4],
  0.5 + (id % 50) / 100.0, 'share/hr/' || md5((id % 900)::text) || '.docx', id % 4000, left(md5(id::text), 9),
  case when id % 5 = 0 then 'confirmed' end, timestamptz '2026-01-01' + id * interval '1 minute'
  from generate_series(1, ${FINDINGS}) id;
create index on findings (scan_id, severity, id);
create index on findings (organisation_id, created_at);
analyze;`;

/** A heavy, a middling and a light read, with the indexes for them. */
const READS: Readonly<Record<string, (key: number) => { readonly text: string; readonly values: readonly unknown[] }>> =
  {
    'overview of an organisation (counts over 10,000 findings)': (key) => ({
      text: `select type, severity, count(*)::int as count, count(*) filter (where triage is null)::int as open
           from findings where organisation_id = $1 group by type, severity order by type, severity`,
      values: [key % ORGANISATIONS],
    }),
    'page of 50 findings of a scan, with their number': (key) => ({
      text: `select id, type, severity, confidence, path, line, masked, triage, created_at::text, count(*) over ()::int as total
           from findings where scan_id = $1 and severity = 'high' order by id desc limit 50`,
      values: [key % SCANS],
    }),
    'one scan by its number': (key) => ({
      text: 'select id, organisation_id, name, started_at::text from scans where id = $1',
      values: [key % SCANS],
    }),
  };

/** Each read by each way: one caller, then 64. */
export async function measureRetrieval(redis: TestRedis, { isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const postgres = await ownPostgresForTest();
  const { connectionString } = postgres;
  const client = new pg.Client({ connectionString });
  await client.connect();
  const database = createDatabase({ connectionString });
  const pool = new pg.Pool({ connectionString, max: POOL_SIZE });
  const cache = createCache({ redisUrl: redis.url, prefix: 'retrieval', commandTimeoutMs: 5_000 });
  await cache.ready();
  const fromRedis = cache.namespace<unknown>('from-redis', { ttlMs: 3_600_000, tiers: 'redis', earlyRefreshRatio: 0 });
  const fromMemory = cache.namespace<unknown>('from-memory', { ttlMs: 3_600_000, earlyRefreshRatio: 0 });
  const size = { rounds: isShort ? 3 : ROUNDS, roundMs: isShort ? 100 : 300, keyCount: SCANS };
  const outcome: Record<string, unknown> = {};
  try {
    await client.query(SCHEMA);
    for (const [name, toStatement] of Object.entries(READS)) {
      const askBy =
        (runner: Pick<pg.Client | pg.Pool, 'query'>) =>
        async (key: number): Promise<unknown> => {
          const { text, values } = toStatement(key);
          return (await runner.query({ name, text, values: [...values] })).rows;
        };
      const ask = askBy(client);
      const cached = {
        Redis: (key: number) => fromRedis.getOrSet(`${name} ${key}`, () => ask(key)),
        memory: (key: number) => fromMemory.getOrSet(`${name} ${key}`, () => ask(key)),
      };
      const pooled = {
        PostgreSQL: async (key: number) => {
          const { text, values } = toStatement(key);
          return (await database.query(text, values)).rows;
        },
        'pg.Pool': askBy(pool),
      };
      await checkAlike(name, { alone: ask, ...pooled, ...cached }, SCANS);
      const times = await measureOneCaller({ PostgreSQL: ask, ...cached }, size);
      const rates = await measureManyCallers({ ...pooled, ...cached }, size);
      outcome[name] = {
        'microseconds, one caller': times,
        'answers a second, 64 callers': rates,
        'times faster from Redis': timesFaster(times, 'Redis', 'PostgreSQL'),
        'times faster from memory': timesFaster(times, 'memory', 'PostgreSQL'),
        'times more from Redis, 64 callers': timesMore(rates, 'Redis', 'PostgreSQL'),
        'times more from Redis than by pg.Pool, 64 callers': timesMore(rates, 'Redis', 'pg.Pool'),
      };
    }
  } finally {
    await cache.close();
    await pool.end();
    await database.close();
    await client.end();
    await postgres.stop();
  }
  return outcome;
}

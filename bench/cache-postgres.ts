// What a cache saves on the platform's own reads: the statement against PostgreSQL, the value from Redis, from memory.
import { ownPostgresForTest, type TestRedis } from '@dataguardian/testing';
import pg from 'pg';
import { createCache } from '../packages/cache/src/index.ts';
import { interleave, quantile, round } from './cache-measure.ts';

const ROUNDS = 7;
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

/** Reads of the platform, with the indexes it has for them. */
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

/** Median time of each read by each way, one caller, and how often faster the cache is. */
export async function measureRetrieval(redis: TestRedis, { isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const postgres = await ownPostgresForTest();
  const client = new pg.Client({ connectionString: postgres.connectionString });
  await client.connect();
  const cache = createCache({ redisUrl: redis.url, prefix: 'retrieval', commandTimeoutMs: 5_000 });
  await cache.ready();
  const fromRedis = cache.namespace<unknown>('from-redis', { ttlMs: 3_600_000, tiers: 'redis', earlyRefreshRatio: 0 });
  const fromMemory = cache.namespace<unknown>('from-memory', { ttlMs: 3_600_000, earlyRefreshRatio: 0 });
  const outcome: Record<string, unknown> = {};
  try {
    await client.query(SCHEMA);
    for (const [name, toStatement] of Object.entries(READS)) {
      const ask = async (key: number): Promise<unknown> => {
        const { text, values } = toStatement(key);
        return (await client.query({ name, text, values: [...values] })).rows;
      };
      const ways: Readonly<Record<string, (key: number) => Promise<unknown>>> = {
        PostgreSQL: ask,
        Redis: (key) => fromRedis.getOrSet(`${name} ${key % SCANS}`, () => ask(key)),
        memory: (key) => fromMemory.getOrSet(`${name} ${key % SCANS}`, () => ask(key)),
      };
      for (let key = 0; key < SCANS; key++) {
        const answers = await Promise.all(Object.values(ways).map((way) => way(key)));
        if (new Set(answers.map((answer) => JSON.stringify(answer))).size !== 1)
          throw new Error(`${name}: answers differ`);
      }
      const median = async (way: (key: number) => Promise<unknown>, repeats: number): Promise<number> => {
        const times: number[] = [];
        for (let key = 0; key < repeats; key++) {
          const startedAt = performance.now();
          await way(key);
          times.push((performance.now() - startedAt) * 1_000);
        }
        return quantile(times, 0.5);
      };
      const times = await interleave(
        isShort ? 3 : ROUNDS,
        Object.fromEntries(
          Object.entries(ways).map(([way, read]) => [
            way,
            () => median(read, way === 'memory' ? 20_000 : isShort ? 200 : 400),
          ]),
        ),
      );
      const ratio = (way: string): number =>
        round((times['PostgreSQL']?.median ?? 0) / (times[way]?.median ?? Infinity));
      outcome[name] = {
        'microseconds, median': times,
        'times faster from Redis': ratio('Redis'),
        'times faster from memory': ratio('memory'),
      };
    }
  } finally {
    await cache.close();
    await client.end();
    await postgres.stop();
  }
  return outcome;
}

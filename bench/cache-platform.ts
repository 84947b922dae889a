// What the platform reads through its cache, with its own statements, schema and row-level security: recomputed from
// PostgreSQL, from Redis (hidden names, encrypted, as the platform has it), from memory.
import { randomBytes } from 'node:crypto';
import { ownPostgresForTest, type TestRedis } from '@dataguardian/testing';
import pg from 'pg';
import { findMe } from '../app/src/features/accounts/repository.ts';
import { listFindings } from '../app/src/features/findings/repository.ts';
import { readOverview } from '../app/src/features/overview/repository.ts';
import { buildReport } from '../app/src/features/reports/report-source.ts';
import { readRiskInput } from '../app/src/features/reports/risk-repository.ts';
import { scoreRisk } from '../app/src/features/reports/risk-score.ts';
import { findScan, listScans } from '../app/src/features/scans/repository.ts';
import { everyScanTag, scanTags } from '../app/src/features/scans/scan-signals.ts';
import type { SqlRunner } from '../app/src/features/scans/sql-runner.ts';
import { migrate } from '../app/src/migrations/runner.ts';
import { readsOf, type Tenant, withTenant } from '../app/src/server/tenant.ts';
import { type CacheNamespace, createCache } from '../packages/cache/src/index.ts';
import { createDatabase, type Database, type Queryable } from '../packages/database/src/index.ts';
import { ORGANISATIONS, SCANS, idOf, seedPlatform } from './cache-platform-seed.ts';
import {
  checkAlike,
  measureManyCallers,
  measureOneCaller,
  timesFaster,
  timesMore,
  toGeometricMean,
  type Ways,
} from './cache-retrieval.ts';

const ROLE = 'dataguardian_app';
const POOL_SIZE = 10;
/** Longer than a run, so that nothing expires in one. */
const TTL_MS = 3_600_000;
/** Scans that are asked for, four of each organisation: more than callers, so that hardly any two wait for the same answer. */
const KEYS = 80;

/** How the platform reaches PostgreSQL on behalf of a person. */
interface Source {
  /** Each statement in a read-only transaction of its own. */
  reads(tenant: Tenant): SqlRunner;
  /** Several statements in one. */
  reading<Result>(tenant: Tenant, work: (sql: SqlRunner) => Promise<Result>): Promise<Result>;
}

/** A read of the platform: what it computes, and under which namespace and tags it is kept. */
interface PlatformRead {
  readonly namespace: string;
  readonly role: 'manager' | 'analyst';
  load(source: Source, tenant: Tenant, scan: number): Promise<unknown>;
  tags(tenant: Tenant, scan: number): readonly string[];
}

const organisationOf = (scan: number): number => scan % ORGANISATIONS;
const scansBeside = (scan: number): string[] =>
  Array.from({ length: SCANS / ORGANISATIONS }, (_, index) =>
    idOf('scan', organisationOf(scan) + index * ORGANISATIONS),
  );
const ofOrganisation = ({ organisationId }: Tenant): string[] => [`scans:${organisationId}`];
const ofScan = (_: Tenant, scan: number): string[] => [`scan:${idOf('scan', scan)}`];
const PAGE = { sort: 'severity', limit: 50 } as const;

const readPage: PlatformRead['load'] = async (source, tenant, scan) => {
  const sql = source.reads(tenant);
  const scanId = idOf('scan', scan);
  const { rowCount } = await sql.query('select from scans where id = $1', [scanId]);
  return rowCount === 0 ? null : listFindings(sql, { scanId }, PAGE);
};

/** Every namespace through which the platform reads from PostgreSQL, with what stands behind it. */
const READS: Readonly<Record<string, PlatformRead>> = {
  'overview of an organisation': {
    namespace: 'overviews',
    role: 'manager',
    load: (source, tenant) => readOverview(source.reads(tenant)),
    tags: ofOrganisation,
  },
  'risk score of ten scans': {
    namespace: 'risk-scores',
    role: 'manager',
    load: async (source, tenant, scan) => scoreRisk(await readRiskInput(source.reads(tenant), scansBeside(scan))),
    tags: (_, scan) => scansBeside(scan).map((id) => `scan:${id}`),
  },
  'model of a report (1,000 findings)': {
    namespace: 'report-models',
    role: 'manager',
    async load(source, tenant, number) {
      const scan = await findScan(source.reads(tenant), idOf('scan', number));
      if (scan === undefined) return null;
      const { rows } = await source
        .reads(tenant)
        .query<{ name: string }>('select name from organisations where id = $1', [tenant.organisationId]);
      const input = { language: 'en', generatedAt: 0, version: '0', organisation: rows[0]?.name ?? '' } as const;
      return buildReport((work) => source.reading(tenant, work), scan, input);
    },
    tags: ({ organisationId }, scan) => scanTags(organisationId, idOf('scan', scan)),
  },
  'page of 50 findings of an organisation': {
    namespace: 'finding-pages',
    role: 'manager',
    load: (source, tenant) => listFindings(source.reads(tenant), {}, PAGE),
    tags: ofOrganisation,
  },
  'page of 50 findings of a scan': {
    namespace: 'finding-pages',
    role: 'manager',
    load: readPage,
    tags: ofScan,
  },
  'the same page for an analyst': {
    namespace: 'finding-pages',
    role: 'analyst',
    load: readPage,
    tags: ofScan,
  },
  'list of the scans of an organisation (10)': {
    namespace: 'scan-lists',
    role: 'manager',
    load: (source, tenant) => listScans(source.reads(tenant), { limit: 50 }),
    tags: ofOrganisation,
  },
  'one scan': {
    namespace: 'scan-details',
    role: 'manager',
    load: async (source, tenant, scan) => (await findScan(source.reads(tenant), idOf('scan', scan))) ?? null,
    tags: ({ organisationId }, scan) => scanTags(organisationId, idOf('scan', scan)),
  },
  'who is signed in': {
    namespace: 'profiles',
    role: 'manager',
    // It asks for rows and nothing else.
    load: (source, tenant) => findMe(source.reads(tenant) as Queryable, tenant.userId ?? ''),
    tags: ({ userId }) => [`user:${userId}`],
  },
};

/** As the platform does it. */
function fromDatabase(database: Database): Source {
  return {
    reads: (tenant) => readsOf(database, tenant),
    reading: (tenant, work) => withTenant(database, tenant, work, { readOnly: true }),
  };
}

/** The same statements by pg alone: prepared, and the settings sent with the begin, which is the least it can do. */
function fromPgPool(pool: pg.Pool): Source {
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `s${names.size}`;
    names.set(text, name);
    return name;
  };
  const reading: Source['reading'] = async (tenant, work) => {
    const client = await pool.connect();
    try {
      const settings = Object.entries({
        'app.organisation_id': tenant.organisationId,
        'app.user_id': tenant.role === 'analyst' ? (tenant.userId ?? '') : '',
        'app.role': tenant.role ?? '',
      }).map(([name, value]) => `set_config('${name}', ${client.escapeLiteral(value)}, true)`);
      const begun = client.query(`begin read only; select ${settings.join(', ')}`);
      const working = work({
        async query<Row extends object>(text: string, values: readonly unknown[] = []) {
          const { rows, rowCount } = await client.query<Row>({ name: nameOf(text), text, values: [...values] });
          return { rows, rowCount: rowCount ?? 0 };
        },
      });
      await begun;
      const result = await working;
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  };
  return {
    reading,
    reads: (tenant) => ({ query: (text, values) => reading(tenant, (sql) => sql.query(text, values)) }),
  };
}

/** Every read by every way: one caller, then 64. */
export async function measurePlatform(redis: TestRedis, { isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const postgres = await ownPostgresForTest();
  const { connectionString } = postgres;
  await migrate(connectionString);
  const owner = new pg.Client({ connectionString });
  await owner.connect();
  const database = createDatabase({ connectionString, role: ROLE });
  const pool = new pg.Pool({ connectionString, max: POOL_SIZE, options: `-c role=${ROLE}` });
  const cache = createCache({
    redisUrl: redis.url,
    prefix: 'platform',
    commandTimeoutMs: 5_000,
    encryption: { currentKeyId: 'k1', keys: { k1: randomBytes(32) } },
  });
  await cache.ready();
  const size = { rounds: isShort ? 2 : 3, roundMs: isShort ? 100 : 250, keyCount: KEYS };
  const ours = fromDatabase(database);
  const theirs = fromPgPool(pool);
  const outcome: Record<string, unknown> = {};
  /** The ratios of all reads, by what they compare. */
  const all: Record<string, number[]> = {};
  try {
    await seedPlatform(owner);
    const startedAt = performance.now();
    for (const [name, read] of Object.entries(READS)) {
      const tenantOf = (scan: number): Tenant => ({
        organisationId: idOf('organisation', organisationOf(scan)),
        userId: idOf(read.role, organisationOf(scan)),
        role: read.role,
      });
      const policy = {
        ttlMs: TTL_MS,
        private: true,
        tags: [everyScanTag],
        earlyRefreshRatio: 0,
      };
      const toCached =
        (values: CacheNamespace<unknown>) =>
        (scan: number): Promise<unknown> =>
          values.getOrSet(`${name}/${scan}`, () => read.load(ours, tenantOf(scan), scan), {
            tags: read.tags(tenantOf(scan), scan),
          });
      const ways: Ways = {
        PostgreSQL: (scan) => read.load(ours, tenantOf(scan), scan),
        'pg.Pool': (scan) => read.load(theirs, tenantOf(scan), scan),
        Redis: toCached(cache.namespace(`${read.namespace}-redis`, { ...policy, tiers: 'redis' })),
        memory: toCached(cache.namespace(`${read.namespace}-memory`, policy)),
      };
      await checkAlike(name, ways, KEYS);
      const times = await measureOneCaller(ways, size);
      const rates = await measureManyCallers(ways, size);
      console.log(`  ${name}: ${Math.round((performance.now() - startedAt) / 1_000)} s`);
      const ratios = {
        'times faster from Redis, one caller': timesFaster(times, 'Redis', 'PostgreSQL'),
        'times faster from memory, one caller': timesFaster(times, 'memory', 'PostgreSQL'),
        'times more from Redis, 64 callers': timesMore(rates, 'Redis', 'PostgreSQL'),
        'times more from Redis than by pg.Pool, 64 callers': timesMore(rates, 'Redis', 'pg.Pool'),
        'times more from memory, 64 callers': timesMore(rates, 'memory', 'PostgreSQL'),
      };
      outcome[name] = { 'microseconds, one caller': times, 'answers a second, 64 callers': rates, ...ratios };
      for (const [what, ratio] of Object.entries(ratios)) (all[what] ??= []).push(ratio);
    }
    outcome['geometric means'] = Object.fromEntries(
      Object.entries(all).map(([what, ratios]) => [what, toGeometricMean(ratios)]),
    );
  } finally {
    await cache.close();
    await pool.end();
    await database.close();
    await owner.end();
    await postgres.stop();
  }
  return outcome;
}

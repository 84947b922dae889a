import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Bottleneck, BottleneckRule, ProfileReport } from '@dataguardian/profiler';
import { postgresForTest, redisForTest, type TestPostgres, type TestRedis } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../corpus/support/run-program.ts';

const FOLDER = join(import.meta.dirname, '../corpus/varied');

/** Written before anybody looked at the detectors, in the shapes that real services have. */
const SICK: Readonly<Record<string, { readonly rule: BottleneckRule; readonly file?: string }>> = {
  'audit-objects': { rule: 'memory-leak' },
  'background-sort': { rule: 'blocked-event-loop' },
  'compiled-source': { rule: 'blocked-event-loop', file: 'sources/ranking-source.ts' },
  'compressing-hook': { rule: 'sync-zlib' },
  'deep-copy': { rule: 'huge-json' },
  'exports-in-memory': { rule: 'oversized-value' },
  'express-login': { rule: 'sync-crypto', file: 'sources/passwords.ts' },
  'fastify-pg-loop': { rule: 'n-plus-one' },
  'forgotten-client': { rule: 'pool-leak' },
  'handmade-cache': { rule: 'cache-stampede' },
  'held-connection': { rule: 'pool-starvation' },
  'recursive-retry': { rule: 'retry-storm' },
  'sequential-clients': { rule: 'serial-awaits' },
  'spreading-reduce': { rule: 'blocked-event-loop' },
  'target-listeners': { rule: 'listener-leak' },
  'templates-from-disk': { rule: 'sync-fs' },
  'time-in-key': { rule: 'low-hit-ratio' },
  'validator-list': { rule: 'catastrophic-regexp' },
};
/** V8 collects seldom while a small heap grows fast; a small limit brings ten minutes of collections into seconds. */
const NODE_OPTIONS: Readonly<Record<string, readonly string[]>> = { 'audit-objects': ['--max-old-space-size=130'] };
const HEALTHY = readdirSync(join(FOLDER, 'healthy')).map((file) => file.replace(/\.ts$/, ''));
const PATIENCE_MS = 240_000;
/** Samples and clocks are judged: a program that fails is run again once, and twice where others wait for the processors. */
const RETRIES = (loadavg()[0] ?? 0) > availableParallelism() * 1.5 ? 2 : 1;
const PATIENT = { timeout: PATIENCE_MS, retry: RETRIES };

let postgres: TestPostgres;
let redis: TestRedis;

const profile = (kind: string, name: string): Promise<ProfileReport> =>
  runProgram(
    join(FOLDER, kind, `${name}.ts`),
    { DATABASE_URL: postgres.url, REDIS_URL: redis.url },
    { nodeOptions: NODE_OPTIONS[name] },
  );

const claimsOf = ({ bottlenecks }: ProfileReport): readonly Bottleneck[] =>
  bottlenecks.filter(({ severity }) => severity !== 'low');

function markedPlace(file: string): string {
  const path = join(FOLDER, file);
  const lines = readFileSync(path, 'utf8').split('\n');
  return `${path}:${lines.findIndex((line) => line.includes('// <- here')) + 1}`;
}

beforeAll(async () => {
  postgres = await postgresForTest();
  redis = await redisForTest();
});

afterAll(async () => {
  await redis.close();
  await postgres.close();
});

describe('a sick program of another shape', () => {
  for (const [name, { rule, file = `sick/${name}.ts` }] of Object.entries(SICK)) {
    it(`${name}: is told what it suffers from, at the right place, first`, PATIENT, async () => {
      const [first] = claimsOf(await profile('sick', name));
      expect({ rule: first?.rule, place: first?.location }).toEqual({ rule, place: markedPlace(file) });
    });
  }

  it('leaves no sick program out', () => {
    expect(readdirSync(join(FOLDER, 'sick')).toSorted()).toEqual(Object.keys(SICK).map((name) => `${name}.ts`));
  });
});

describe('a healthy program that looks sick', () => {
  for (const name of HEALTHY) {
    it(`${name}: is accused of nothing`, PATIENT, async () => {
      const claims = claimsOf(await profile('healthy', name));
      expect(claims.map(({ rule, location, title }) => ({ rule, location, title }))).toEqual([]);
    });
  }
});

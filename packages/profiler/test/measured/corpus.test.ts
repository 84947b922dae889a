import { readdirSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Bottleneck, BottleneckRule, ProfileReport } from '@dataguardian/profiler';
import { postgresForTest, redisForTest, type TestPostgres, type TestRedis } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markedPlace, pathOf, runProgram } from '../corpus/support/run-program.ts';

/** What each sick program suffers from. Those without a line in the program name their subject instead. */
const SICK: Readonly<Record<string, { readonly rule: BottleneckRule; readonly subject?: string }>> = {
  anomaly: { rule: 'anomaly', subject: 'requests.p95' },
  'blocked-event-loop': { rule: 'blocked-event-loop' },
  'cache-stampede': { rule: 'cache-stampede' },
  'catastrophic-regexp': { rule: 'catastrophic-regexp' },
  'chatty-redis': { rule: 'chatty-redis' },
  'dominant-user': { rule: 'dominant-user', subject: 'user …' },
  'gc-pressure': { rule: 'gc-pressure' },
  'hot-line': { rule: 'hot-line' },
  'huge-json': { rule: 'huge-json' },
  'large-response': { rule: 'large-response', subject: 'GET /customers' },
  'listener-leak': { rule: 'listener-leak' },
  'lock-contention': { rule: 'lock-contention' },
  'low-hit-ratio': { rule: 'low-hit-ratio' },
  'memory-leak': { rule: 'memory-leak' },
  'missing-index': { rule: 'missing-index' },
  'n-plus-one': { rule: 'n-plus-one' },
  'n-plus-one-parallel': { rule: 'n-plus-one' },
  'oversized-value': { rule: 'oversized-value' },
  'pool-leak': { rule: 'pool-leak' },
  'pool-starvation': { rule: 'pool-starvation' },
  regression: { rule: 'regression', subject: 'GET /quote' },
  'retry-storm': { rule: 'retry-storm' },
  'serial-awaits': { rule: 'serial-awaits' },
  'slow-route': { rule: 'slow-route' },
  'slow-statement': { rule: 'slow-statement' },
  'sync-crypto': { rule: 'sync-crypto' },
  'sync-fs': { rule: 'sync-fs' },
  'sync-zlib': { rule: 'sync-zlib' },
  'thread-pool-starvation': { rule: 'thread-pool-starvation' },
  'unbounded-concurrency': { rule: 'unbounded-concurrency' },
};

/**
 * V8 collects seldom while a small heap grows fast; a small limit brings ten minutes of collections into seconds. On idle
 * processors it collects beside the program; a small nursery brings back the pressure of a busy server.
 */
const NODE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'memory-leak': ['--max-old-space-size=110'],
  'gc-pressure': ['--max-semi-space-size=1'],
};

/** Its days pass by a clock of its own; it makes its profiler itself. */
const WITHOUT_REGISTER: ReadonlySet<string> = new Set(['anomaly']);

const HEALTHY = readdirSync(join(import.meta.dirname, '../corpus/healthy')).map((file) => file.replace(/\.ts$/, ''));
const AT_ONCE = 2;
/** Judged by the share of the clock that it takes: one core for it, one for its load, and nobody beside them. */
const ALONE: ReadonlySet<string> = new Set(['hot-line']);
const PATIENCE_MS = 240_000;
/** Samples and clocks are judged: a program that fails is run again once, and twice where others wait for the processors. */
const RETRIES = (loadavg()[0] ?? 0) > availableParallelism() * 1.5 ? 2 : 1;
const PATIENT = { timeout: PATIENCE_MS, retry: RETRIES };

let postgres: TestPostgres;
let redis: TestRedis;
let free = AT_ONCE;
const waiting: { readonly places: number; readonly begin: () => void }[] = [];

/** In the order of their coming, as places are free for the first. */
function admit(): void {
  for (let [next] = waiting; next !== undefined && next.places <= free; [next] = waiting) {
    waiting.shift();
    free -= next.places;
    next.begin();
  }
}

async function profile(name: string, variant: string): Promise<ProfileReport> {
  const places = ALONE.has(name) ? AT_ONCE : 1;
  await new Promise<void>((begin) => {
    waiting.push({ places, begin });
    admit();
  });
  try {
    const nodeOptions = variant === 'bottleneck' ? NODE_OPTIONS[name] : undefined;
    const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
    const hasRegister = !WITHOUT_REGISTER.has(name);
    return await runProgram(pathOf(name, variant), env, { nodeOptions, hasRegister });
  } finally {
    free += places;
    admit();
  }
}

const claimsOf = ({ bottlenecks }: ProfileReport): readonly Bottleneck[] =>
  bottlenecks.filter(({ severity }) => severity !== 'low');

/** On a crowded machine these step back, because everything is slow there: then their order alone counts. */
const SYMPTOMS: ReadonlySet<BottleneckRule> = new Set(['anomaly', 'slow-route']);
const isCrowded = (): boolean => (loadavg()[0] ?? 0) >= availableParallelism() * 1.5;

beforeAll(async () => {
  postgres = await postgresForTest();
  redis = await redisForTest();
});

afterAll(async () => {
  await redis.close();
  await postgres.close();
});

describe.concurrent('a sick program', () => {
  for (const [name, { rule, subject }] of Object.entries(SICK)) {
    it(`${name}: is told what it suffers from, at the right place, first`, PATIENT, async () => {
      const report = await profile(name, 'bottleneck');
      const [first] = SYMPTOMS.has(rule) && isCrowded() ? report.bottlenecks : claimsOf(report);
      const place = first?.location ?? first?.subject.replace(/[0-9a-f]{12}/, '…');
      expect({ rule: first?.rule, place }).toEqual({ rule, place: subject ?? markedPlace(name) });
    });
  }
});

describe.concurrent('a mended or healthy program', () => {
  const programs = [
    ...Object.keys(SICK).map((name) => [name, 'mended'] as const),
    ...HEALTHY.map((name) => ['healthy', name] as const),
  ];
  for (const [name, variant] of programs) {
    it(`${name} ${variant}: is accused of nothing`, PATIENT, async () => {
      const claims = claimsOf(await profile(name, variant));
      expect(claims.map(({ rule, location, title }) => ({ rule, location, title }))).toEqual([]);
    });
  }
});

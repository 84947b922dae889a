import type { CacheView, DashboardOptions, DatabaseView, ScansView, SessionsView } from '@dataguardian/dashboard';

const KIB = 1_024;
const MIB = 1_048_576;
const text = (en: string, nl: string): { en: string; nl: string } => ({ en, nl });

const STATEMENTS = [
  'select id, name, status from scans where organisation_id = $1 order by created_at desc limit $2',
  'select count(*) from findings where scan_id = $1 and severity = any($2)',
  'update scan_chunks set leased_until = $1 where id = $2 returning *',
];

function databaseView(): DatabaseView {
  return {
    pool: { total: 12, idle: 8, waiting: 1, max: 50, min: 10 },
    holders: [
      {
        heldMs: 42_000,
        idleMs: 40_000,
        lastStatement: STATEMENTS[0] ?? '',
        stack: 'at list (repository.ts:40)',
        backendId: 411,
        leaking: true,
      },
    ],
    leakCount: 1,
    statements: STATEMENTS.map((statement, index) => ({
      fingerprint: `f${index}`,
      statement,
      count: 4_000 / (index + 1),
      failedCount: index,
      rowCount: 90_000,
      totalMs: 50_000 / (index + 1),
      meanMs: 12.5,
      p50Ms: 9,
      p95Ms: 31,
      p99Ms: 88,
      maxMs: 410,
      timeRatio: 0.5 / (index + 1),
      verdicts: { hit: 3_000, miss: 900, off: 0 },
      callers: ['app/src/features/scans/repository.ts:40'],
      hasPlan: index === 0,
    })),
    cache: {
      state: 'on',
      verdicts: { hit: 8_000, miss: 1_200, uncacheable: 300, bypass: 12, off: 0 },
      entryCount: 311,
      memoryBytes: 4 * MIB,
      invalidationCount: 77,
      reasons: [{ reason: 'reads a volatile function', count: 300 }],
    },
    indexes: [
      {
        name: 'findings_old',
        table: 'findings',
        definition: 'create index findings_old on findings (type)',
        sizeBytes: 18 * MIB,
        scanCount: 0,
        lastUsedAt: null,
        verdict: 'unused',
        evidence: text('0 scans in 14 days; 18 MB', '0 scans in 14 dagen; 18 MB'),
      },
    ],
    locks: [
      {
        waitingBackendId: 12,
        blockingBackendId: 13,
        waitMs: 900,
        mode: 'ShareLock',
        subject: 'findings',
        waitingStatement: STATEMENTS[2] ?? '',
        blockingStatement: STATEMENTS[1] ?? '',
      },
    ],
    tables: [
      {
        name: 'findings',
        rowCount: 1_200_000,
        sizeBytes: 310 * MIB,
        indexBytes: 120 * MIB,
        deadRowRatio: 0.04,
        growthBytesPerDay: 11 * MIB,
        lastVacuumAt: Date.now() - 3_600_000,
      },
    ],
  };
}

function cacheView(): CacheView {
  return {
    hitRatio: 0.91,
    reads: { memory: 81_000, redis: 9_800, stale: 210, miss: 8_900 },
    memory: { entryCount: 8_100, maxEntries: 10_000, bytes: 41 * MIB, maxBytes: 64 * MIB },
    redis: {
      status: 'up',
      timeoutCount: 2,
      errorCount: 0,
      breaker: { state: 'closed', since: Date.now() - 9_000_000, openedCount: 1 },
      queuedInvalidations: 0,
    },
    evictions: { size: 411, expired: 2_001, rejected: 90 },
    namespaces: ['findings', 'accounts'].map((name, index) => ({
      name,
      memoryHits: 40_000 / (index + 1),
      redisHits: 4_000,
      staleHits: 100,
      misses: 4_000,
      hitRatio: 0.91 - index * 0.2,
      loadCount: 4_000,
      failedLoadCount: 3,
      loadP50Ms: 4,
      loadP95Ms: 18,
      redisP95Ms: 1.1,
      entryCount: 4_000,
      bytes: 20 * MIB,
      writeCount: 4_400,
      invalidationCount: 310,
      savedMs: 160_000,
    })),
    curve: [0.25, 0.5, 1, 2, 4].map((sizeRatio) => ({
      sizeRatio,
      bytes: sizeRatio * 64 * MIB,
      hitRatio: 0.95 - 0.2 / (1 + 2 * sizeRatio),
    })),
    hotKeys: [{ namespace: 'findings', key: 'page:1', readRatio: 0.11 }],
    largeValues: [{ namespace: 'findings', key: 'export:7', bytes: 900 * KIB }],
  };
}

function sessionsView(): SessionsView {
  const now = Date.now();
  return {
    now: { live: 41, users: 33, inMemory: 41 },
    users: ['anna@example.nl', 'bram@example.nl'].map((name, index) => ({
      userId: `u${index}`,
      name,
      sessionCount: 2 - index,
      lastSeenAt: now - 4_000,
      requestCount: 3_100,
      requestMs: 41_000,
      queryMs: 22_000,
      cpuMs: 9_000,
      scanBytes: 400 * MIB,
      memoryBytes: 300 * KIB,
      limitRatio: index === 0 ? 0.62 : null,
    })),
    admission: {
      running: 9,
      waiting: 2,
      users: 7,
      concurrency: 64,
      loopDelayMs: 3,
      admitted: 90_000,
      queued: 410,
      refusedUser: 2,
      shed: { background: 11, interactive: 0 },
    },
    isolation: { ok: true, checkedAt: now - 30_000, detail: '100 sessions, 0 leaks' },
    events: [{ at: now - 9_000, kind: 'started', user: 'anna@example.nl' }],
  };
}

function scansView(): ScansView {
  const now = Date.now();
  return {
    queue: { pendingChunks: 120, runningChunks: 4, oldestPendingMs: 31_000 },
    workers: [
      {
        id: 'worker-1',
        state: 'busy',
        startedAt: now - 900_000,
        lastSeenAt: now - 500,
        chunkCount: 310,
        bytesPerSecond: 9 * MIB,
      },
    ],
    running: [
      {
        id: 's1',
        name: 'Customer archive',
        status: 'running',
        startedAt: now - 90_000,
        doneBytes: 700 * MIB,
        totalBytes: 1_900 * MIB,
        findingCount: 2_310,
        pendingChunks: 120,
      },
    ],
    throughput: { bytesPerSecond: 9 * MIB, itemsPerSecond: 88, findingsPerSecond: 41 },
    failures: [{ code: 'SCANNER_FILE_UNREADABLE', count: 3, lastAt: now - 60_000 }],
  };
}

/** What a host would connect, with something on every page. */
export const SOURCES: NonNullable<DashboardOptions['sources']> = {
  database: databaseView,
  cache: cacheView,
  sessions: {
    view: () => Promise.resolve(sessionsView()),
    devices: () => Promise.resolve([]),
    names: (ids) =>
      Promise.resolve(new Map(ids.map((id) => [id, id === 'u0' ? 'anna@example.nl' : 'bram@example.nl']))),
    revoke: () => Promise.resolve(true),
    revokeUser: () => Promise.resolve(1),
  },
  scans: scansView,
};

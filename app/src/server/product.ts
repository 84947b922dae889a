import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@dataguardian/embedded-postgres';
import {
  createDatabase,
  createPerformance,
  type Database,
  type Performance,
  type PerformanceOptions,
} from '@dataguardian/performance';
import { systemClock } from '@dataguardian/telemetry';
import type { Logger } from 'pino';
import type { Config, LanguageModel } from '../config.ts';
import { version } from '../version.ts';
import { readScans } from '../features/performance/scans-source.ts';
import { createSessionsSource } from '../features/performance/sessions-source.ts';
import { createBaselineFile } from './baseline-file.ts';
import { CONNECTION_FILE } from './connection-file.ts';
import type { AppContext } from './context.ts';
import { isShortOfMemory } from './memory-pressure.ts';
import { createModelMask } from './model-mask.ts';
import { createSourceReader } from './source-reader.ts';
import { deriveKey, loadSecret } from './secret.ts';
import { sizeServer } from './sizing.ts';

/** Everything behind the HTTP server and the worker, and the way to end it. */
export interface Product {
  readonly context: AppContext;
  close(): Promise<void>;
}

/** Kept where the operator's own organisation reads it. */
const AUDIT_AS_OPERATOR = `insert into audit_log (organisation_id, user_id, action, subject)
  values ((select organisation_id from users where id = $1::uuid), $1::uuid, $2, $3)`;

const APPLICATION_ROLE = 'dataguardian_app';
const OWNER_CONNECTIONS = 6;
const CACHE_KEY_ID = 'k1';
const SESSION_IDLE_MS = 30 * 60_000;
const ADVISOR = 'advisor';
/** Steps of a recommendation that change the running system or are a person's. */
const DECIDED: ReadonlySet<string> = new Set(['applied', 'verified', 'rolledBack', 'dismissed']);

/** Starts the embedded database unless one is configured, and wires the modules. */
export async function openProduct(config: Config, log: Logger): Promise<Product> {
  const embedded = config.databaseUrl === undefined ? await startEmbedded(config, log) : undefined;
  const ownerConnectionString = config.databaseUrl ?? embedded?.connectionString ?? '';
  const product = wireProduct(config, log, ownerConnectionString);
  return {
    context: product.context,
    async close() {
      await product.close();
      if (embedded === undefined) return;
      rmSync(join(config.dataDir, CONNECTION_FILE), { force: true });
      await embedded.stop();
    },
  };
}

/** Wires the modules to a database that runs already. */
export function wireProduct(config: Config, log: Logger, ownerConnectionString: string): Product {
  const clock = systemClock;
  mkdirSync(config.dataDir, { recursive: true });
  const secret = loadSecret(config.dataDir, config.secret);
  const { model } = config;
  const ownerDatabase = createDatabase({
    connectionString: ownerConnectionString,
    applicationName: 'dataguardian owner',
    minConnections: 0,
    maxConnections: OWNER_CONNECTIONS,
    clock,
  });
  const performance: Performance = createPerformance({
    database: {
      connectionString: ownerConnectionString,
      role: APPLICATION_ROLE,
      applicationName: 'dataguardian',
      minConnections: 10,
      maxConnections: 50,
      // What is read again and again asks for it; what holds secrets does not.
      queryCache: 'asked',
      queryCacheOptions: { alsoWatch: [ownerDatabase] },
    },
    maintenance: ownerDatabase,
    redisUrl: config.redisUrl,
    cache: {
      encryption: { currentKeyId: CACHE_KEY_ID, keys: { [CACHE_KEY_ID]: deriveKey(secret, 'cache') } },
      onTierChange: (status, detail) => log.info({ status, detail }, 'cache tier'),
    },
    ...(model === undefined ? {} : { wording: toWording(model) }),
    sessions: {
      journalFolder: config.dataDir,
      idleTimeoutMs: SESSION_IDLE_MS,
      memoryCapacity: sizeServer(config).memoryCapacity,
    },
    sources: {
      scans: () => readScans(ownerDatabase),
      sessions: createSessionsSource({
        sessions: () => performance.sessions,
        owner: ownerDatabase,
        admission: () => context.admissionStatistics(),
        idleTimeoutMs: SESSION_IDLE_MS,
        clock,
        async audit(by, action, subject) {
          await ownerDatabase.query(AUDIT_AS_OPERATOR, [by, action, subject]);
        },
      }),
    },
    baseline: createBaselineFile(config.dataDir),
    labelKey: deriveKey(secret, 'labels').toString('hex'),
    onAdvice({ id, state }, by) {
      if (!DECIDED.has(state)) return;
      // The advisor takes back by itself: then there is no person to name.
      ownerDatabase
        .query('insert into audit_log (user_id, action, subject) values ($1, $2, $3)', [
          by === ADVISOR ? null : by,
          `advice.${state}`,
          id,
        ])
        .catch((error: unknown) => log.warn({ err: error }, 'a step of a recommendation is missing from the audit'));
    },
    dashboard: { release: version, secret: deriveKey(secret, 'dashboard').toString('hex') },
    clock,
    onFault: (component, error) => log.warn({ component, err: error }, 'a fallback is in force'),
  });
  const context: AppContext = {
    config,
    log,
    clock,
    secret,
    performance,
    database: performance.database,
    cache: performance.cache,
    sessions: performance.sessions,
    ownerConnectionString,
    ownerDatabase,
    admissionStatistics: () => undefined,
    isShortOfMemory: () => isShortOfMemory(),
    queueHealth: () => ({ status: 'degraded', detail: 'No worker runs in this process.' }),
  };
  return { context, close: () => closeAll(performance, ownerDatabase) };
}

function toWording({ suggestsPatches, ...endpoint }: LanguageModel): NonNullable<PerformanceOptions['wording']> {
  return {
    ...endpoint,
    mask: createModelMask(),
    ...(suggestsPatches ? { readSource: createSourceReader(process.cwd()) } : {}),
  };
}

async function closeAll(performance: Performance, ownerDatabase: Database): Promise<void> {
  await performance.close();
  await ownerDatabase.close();
}

async function startEmbedded(config: Config, log: Logger): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    onLog: (line) => log.trace({ line }, 'postgres'),
  });
  server.onHealth(({ status, detail }) => log[status === 'up' ? 'info' : 'warn']({ status }, detail));
  const file = join(config.dataDir, CONNECTION_FILE);
  writeFileSync(file, JSON.stringify({ connectionString: server.connectionString, pid: process.pid }), { mode: 0o600 });
  return server;
}

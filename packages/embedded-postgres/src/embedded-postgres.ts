import { resolve } from 'node:path';
import { systemClock, type Clock, type ComponentHealth } from '@dataguardian/telemetry';
import { Client } from 'pg';
import { chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { initialiseCluster, prepareFolders, sharedFolder } from './cluster.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { startServerProcess, toConnectionString, type ServerProcess } from './server-process.ts';
import { releaseOwnership, takeOwnership } from './stale-server.ts';

/** What to start and where. */
export interface EmbeddedPostgresOptions {
  /** The product's data folder; the server's files go to `postgres` below it. Created when absent. */
  readonly dataDir: string;
  /** Name of the database that is created and connected to. @defaultValue 'dataguardian' */
  readonly database?: string;
  /** `none` trades crash safety for speed: for tests only. @defaultValue 'full' */
  readonly durability?: 'full' | 'none';
  /** @defaultValue 150 */
  readonly maxConnections?: number;
  /** Further server settings, `name: value` as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Receives each line that the server writes. */
  readonly onLog?: (line: string) => void;
}

/** A supervised PostgreSQL server: it is started again whenever it dies, on the same files. */
export interface EmbeddedPostgres {
  /** Connects as the owner over a private unix socket; no port and no password exist. */
  readonly connectionString: string;
  /** The connection string of another database of the same server. */
  connectionStringFor(database: string): string;
  health(): ComponentHealth;
  /** Calls `listener` at each change of health; the returned function ends it. */
  onHealth(listener: (health: ComponentHealth) => void): () => void;
  /** Shuts the server down, disconnecting everybody. Idempotent. */
  stop(): Promise<void>;
}

const FIRST_RESTART_DELAY_MS = 100;
const LONGEST_RESTART_DELAY_MS = 5_000;

/**
 * Creates the cluster when absent and runs PostgreSQL on it until {@link EmbeddedPostgres.stop} or the end of this
 * process, however it ends.
 * @throws EmbeddedPostgresError when the platform is unsupported, the folder is in use, or the server cannot start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const clock = options.clock ?? systemClock;
  const database = options.database ?? 'dataguardian';
  const account = chooseAccount();
  const binaries = findBinaries(account, sharedFolder());
  const folders = prepareFolders(resolve(options.dataDir), account);
  await takeOwnership(folders.data, clock);
  await initialiseCluster(binaries, folders, account);

  const start = (): Promise<ServerProcess> =>
    startServerProcess({
      binaries,
      folders,
      account,
      clock,
      settings: { ...toSettings(options), unix_socket_directories: folders.socket },
      onLog: options.onLog ?? (() => undefined),
    });

  const listeners = new Set<(health: ComponentHealth) => void>();
  let health: ComponentHealth = { status: 'up', detail: 'The embedded PostgreSQL answers.' };
  const setHealth = (next: ComponentHealth): void => {
    health = next;
    for (const listener of listeners) listener(next);
  };

  let stopping = false;
  let server = await start();
  await createDatabaseIfAbsent(toConnectionString(folders.socket, 'postgres'), database);

  const supervise = async (): Promise<void> => {
    let delayMs = FIRST_RESTART_DELAY_MS;
    for (;;) {
      await server.ended;
      while (!stopping) {
        setHealth({ status: 'down', detail: 'The embedded PostgreSQL died; it is being started again.' });
        await clock.sleep(delayMs);
        if (stopping) break;
        try {
          server = await start();
          if (stopping) {
            await server.stop();
            return;
          }
          delayMs = FIRST_RESTART_DELAY_MS;
          setHealth({ status: 'up', detail: 'The embedded PostgreSQL answers; it was started again after it died.' });
          break;
        } catch (error) {
          if (!(error instanceof EmbeddedPostgresError)) throw error;
          options.onLog?.(error.message);
          delayMs = Math.min(delayMs * 2, LONGEST_RESTART_DELAY_MS);
        }
      }
      if (stopping) return;
    }
  };
  const supervision = supervise();

  return {
    connectionString: toConnectionString(folders.socket, database),
    connectionStringFor: (name) => toConnectionString(folders.socket, name),
    health: () => health,
    onHealth(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      if (!stopping) {
        stopping = true;
        await server.stop();
        setHealth({ status: 'down', detail: 'The embedded PostgreSQL was stopped.' });
      }
      await supervision;
      releaseOwnership(folders.data);
    },
  };
}

function toSettings(options: EmbeddedPostgresOptions): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_permissions: '0700',
    max_connections: String(options.maxConnections ?? 150),
    shared_buffers: '128MB',
    shared_preload_libraries: 'pg_stat_statements',
    compute_query_id: 'on',
    track_io_timing: 'on',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...(options.durability === 'none' ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
  };
}

async function createDatabaseIfAbsent(connectionString: string, database: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

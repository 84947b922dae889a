import type { ComponentHealth } from '@dataguardian/telemetry';
import type { Connection } from './connection.ts';
import { toDatabaseHealth } from './database-health.ts';
import { readDatabaseStatistics, type DatabaseStatistics } from './database-statistics.ts';
import { createDirectRunner, type DirectRunner } from './direct-runner.ts';
import { createLanes, toLaneCount } from './lanes.ts';
import { createListener, type ListenHandlers } from './listener.ts';
import { resolveDatabaseOptions, type DatabaseOptions } from './options.ts';
import { createPgPoolFace, type PgPoolFace } from './pg-pool-face.ts';
import { createPool } from './pool.ts';
import type { PoolSizeProposal } from './pool-sizing.ts';
import { installInvalidation } from './query-cache/install.ts';
import type { InstallOptions } from './query-cache/invalidation-sql.ts';
import {
  cachingIsOff,
  createQueryCache,
  type CachedReadOptions,
  type CachingExplanation,
  type QueryCacheStatistics,
  type ReadWithSettings,
} from './query-cache/query-cache.ts';
import type { Queryable, QueryOptions, QueryResult } from './queryable.ts';
import { createReplicas, type ReplicaState } from './replicas.ts';
import { createStatementMeter } from './statement-meter.ts';
import { createStatementProfiles } from './statement-profiles.ts';
import type { StatementLayer, StatementResult, StatementRunner } from './statement-runner.ts';
import { runReadAtOnce, runTransaction, type LentSession, type TransactionOptions } from './transaction.ts';
import { toStatementKind } from './statement-kind.ts';
import type { WireObserver } from './wire-observer.ts';

/** How a lent session is used. */
export interface ConnectionUse {
  /** Whether observers and telemetry hear of its statements, and the pool learns from their times. @defaultValue true */
  readonly observed?: boolean;
}

/** A PostgreSQL behind a pool. */
export interface Database extends Queryable {
  /** Lends one session to `work`. It must not be kept. */
  withConnection<Result>(work: (connection: Queryable) => Promise<Result>, options?: ConnectionUse): Promise<Result>;
  /** Runs `work` in one transaction; an error rolls it back and reaches the caller. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
  /**
   * Calls the handler with each payload notified on `channel`; survives lost connections. What was notified meanwhile is
   * lost: `onGap` says when that may have happened. Returns the way to stop.
   */
  listen(channel: string, handlers: ((payload: string) => void) | ListenHandlers): Promise<() => Promise<void>>;
  /** The same pool for what expects a `pg.Pool`. Ending it leaves the pool to its owner. */
  asPgPool(): PgPoolFace;
  /**
   * Reads one SELECT in a read-only transaction with settings of its own, through the query cache: the settings are part
   * of the key. This is the way to cached reads under row-level security.
   * @throws as {@link Queryable.query}
   */
  cachedRead<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
    options?: CachedReadOptions,
  ): Promise<QueryResult<Row>>;
  /** Whether the query cache answers a statement from memory, on which tables and keys that depends, and why not. */
  explainCaching(text: string, options?: CachedReadOptions): Promise<CachingExplanation>;
  /**
   * Lets tables announce their writes to query caches; harmless to repeat. Call it as the owner of the tables.
   * @returns the names of the tables
   * @throws DatabaseError DATABASE_INVALIDATION_REFUSED
   */
  installInvalidation(options?: InstallOptions): Promise<readonly string[]>;
  /** `queryCache` is undefined where the cache is off. */
  statistics(): DatabaseStatistics & {
    readonly queryCache: QueryCacheStatistics | undefined;
    readonly replicas: readonly ReplicaState[];
  };
  /** The size that the measured load calls for; undefined before enough was measured. */
  proposePoolSize(): PoolSizeProposal | undefined;
  /** Sets how many connections may be open; kept within `minConnections` and `maxConnections`. */
  resizePool(connectionCount: number): void;
  /**
   * Lets `observer` hear of the sessions that are opened from now on. A query cache hears that way of what another
   * `Database` of the process writes: {@link QueryCacheOptions.alsoWatch}.
   */
  watchSessions(observer: WireObserver): void;
  /**
   * Has prepared statements planned anew with their next use. The server keeps to one plan for all values once it chose
   * so, also when an index comes that is better for most; without this they are renewed every ten minutes.
   */
  renewStatements(): void;
  health(): ComponentHealth;
  close(): Promise<void>;
}

/**
 * Creates a database; it opens its least connections when it is first used, and again whenever the server comes back.
 * @throws DatabaseError DATABASE_OPTIONS_INVALID
 */
export function createDatabase(options?: DatabaseOptions): Database {
  const resolved = resolveDatabaseOptions(options);
  const readAlone: ReadWithSettings = (text, values, settings) =>
    pool.lend(async (connection, waitMs) => {
      const session = toPlainSession(connection);
      const read = (): Promise<QueryResult<object>> =>
        toStatementKind(text) === 'read'
          ? runReadAtOnce(session, text, values, settings)
          : runTransaction(session, (sql) => sql.query(text, values), { readOnly: true, settings });
      // The schema changed since the statement was prepared: nothing was written, and it is parsed anew now.
      const result = await read().catch((error: unknown) => {
        if (!isStalePlan(error)) throw error;
        return read();
      });
      // What `runOn` gives, handed through.
      return { ...(result as StatementResult), waitMs };
    });

  const cache =
    resolved.queryCache === 'off' ? undefined : createQueryCache({ options: resolved, readWithSettings: readAlone });
  const layers: readonly StatementLayer[] = cache === undefined ? [] : [cache];
  const observers: WireObserver[] = layers.flatMap(({ observer }) => (observer === undefined ? [] : [observer]));
  const pool = createPool(resolved, observers, cache?.sessionChanges);
  const lanes = createLanes(pool, { ...resolved, laneCount: toLaneCount(resolved) });
  const listener = createListener(resolved);
  const findProfile = createStatementProfiles(resolved.slowStatementMs, resolved.clock);
  const direct = createDirectRunner({ pool, lanes, findProfile });
  // What is tried out tells nothing of how long the application's statements take.
  const apart = createDirectRunner({
    pool,
    lanes,
    findProfile: createStatementProfiles(resolved.slowStatementMs, resolved.clock),
  });
  const runner = layers.reduce<StatementRunner>((inner, layer) => layer.wrap(inner), direct);
  const replicas = resolved.replicas.length === 0 ? undefined : createReplicas(resolved, runner);
  const meter = createStatementMeter(resolved.clock, resolved.statementObservers);
  const toMetered = ({ run }: Pick<StatementRunner, 'run'>): StatementRunner => ({
    run: (text, values, runOptions) =>
      meter({ text, values, lent: false, waitedMs: 0 }, () => run(text, values, runOptions)),
  });
  const metered = toMetered(runner);
  const meteredReplicas = replicas === undefined ? metered : toMetered(replicas);

  const toPlainSession = (connection: Connection, { runOn }: Pick<DirectRunner, 'runOn'> = direct): LentSession => ({
    condemn() {
      connection.condemned = true;
    },
    query: <Row extends object>(text: string, values: readonly unknown[] = []) =>
      runOn(connection, text, values) as Promise<QueryResult<Row>>,
  });
  const toLentSession = (connection: Connection, waitMs: number): LentSession => {
    let unaccounted = waitMs;
    return {
      ...toPlainSession(connection),
      query<Row extends object>(text: string, values: readonly unknown[] = []) {
        const waitedMs = unaccounted;
        unaccounted = 0;
        return meter({ text, values, lent: true, waitedMs }, () => direct.runOn(connection, text, values)) as Promise<
          QueryResult<Row>
        >;
      },
    };
  };

  const database: Database = {
    query: <Row extends object>(text: string, values: readonly unknown[] = [], queryOptions: QueryOptions = {}) =>
      (queryOptions.readFrom === 'replica' ? meteredReplicas : metered).run(text, values, queryOptions) as Promise<
        QueryResult<Row>
      >,
    withConnection: (work, { observed = true } = {}) =>
      pool.lend(
        (connection, waitMs) => work(observed ? toLentSession(connection, waitMs) : toPlainSession(connection, apart)),
        { below: database.withConnection },
      ),
    transaction: (work, transactionOptions = {}) =>
      pool.lend((connection, waitMs) => runTransaction(toLentSession(connection, waitMs), work, transactionOptions), {
        below: database.transaction,
      }),
    listen: (channel, handlers) => listener.listen(channel, handlers),
    asPgPool: () => createPgPoolFace(pool, metered, resolved),
    statistics: () => ({
      ...readDatabaseStatistics(pool, lanes, resolved),
      queryCache: cache?.statistics(),
      replicas: replicas?.state() ?? [],
    }),
    proposePoolSize: () => readDatabaseStatistics(pool, lanes, resolved).proposedSize,
    resizePool: (connectionCount) => pool.resize(connectionCount),
    explainCaching: async (text, readOptions) => cache?.explain(text, readOptions) ?? cachingIsOff,
    installInvalidation: (invalidationOptions) =>
      installInvalidation((work) => database.transaction(work), invalidationOptions),
    cachedRead: <Row extends object>(
      text: string,
      values: readonly unknown[] = [],
      readOptions: CachedReadOptions = {},
    ) =>
      meter(
        { text, values, lent: false, waitedMs: 0 },
        () => cache?.read(text, values, readOptions) ?? readAlone(text, values, readOptions.settings ?? {}),
      ) as Promise<QueryResult<Row>>,
    watchSessions(observer) {
      observers.push(observer);
    },
    renewStatements: () => pool.renewStatements(),
    health: () => toDatabaseHealth(pool),
    async close() {
      await replicas?.close();
      for (const layer of layers.toReversed()) await layer.close?.();
      await listener.close();
      lanes.close();
      await pool.close();
    },
  };
  return database;
}

function isStalePlan(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === '26000' || (error.code === '0A000' && error.message.includes('cached plan'));
}

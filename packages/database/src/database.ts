import type { ComponentHealth } from '@dataguardian/telemetry';
import type { Connection } from './connection.ts';
import { toDatabaseHealth } from './database-health.ts';
import { readDatabaseStatistics, type DatabaseStatistics } from './database-statistics.ts';
import { createDirectRunner } from './direct-runner.ts';
import { createLanes, toLaneCount } from './lanes.ts';
import { createListener, type ListenHandlers } from './listener.ts';
import { resolveDatabaseOptions, type DatabaseOptions } from './options.ts';
import { createPgPoolFace, type PgPoolFace } from './pg-pool-face.ts';
import { createPool } from './pool.ts';
import type { PoolSizeProposal } from './pool-sizing.ts';
import type { Queryable, QueryResult } from './queryable.ts';
import { createStatementMeter } from './statement-meter.ts';
import { createStatementProfiles } from './statement-profiles.ts';
import type { StatementLayer, StatementObserver, StatementRunner } from './statement-runner.ts';
import { runTransaction, type LentSession, type TransactionOptions } from './transaction.ts';

/** A PostgreSQL behind a pool. */
export interface Database extends Queryable {
  /** Lends one session to `work`. It must not be kept. */
  withConnection<Result>(work: (connection: Queryable) => Promise<Result>): Promise<Result>;
  /** Runs `work` in one transaction; an error rolls it back and reaches the caller. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
  /**
   * Calls the handler with each payload notified on `channel`; survives lost connections. What was notified meanwhile is
   * lost: `onGap` says when that may have happened. Returns the way to stop.
   */
  listen(channel: string, handlers: ((payload: string) => void) | ListenHandlers): Promise<() => Promise<void>>;
  /** The same pool for what expects a `pg.Pool`. Ending it leaves the pool to its owner. */
  asPgPool(): PgPoolFace;
  statistics(): DatabaseStatistics;
  /** The size that the measured load calls for; undefined before enough was measured. */
  proposePoolSize(): PoolSizeProposal | undefined;
  /** Sets how many connections may be open; kept within `minConnections` and `maxConnections`. */
  resizePool(connectionCount: number): void;
  health(): ComponentHealth;
  close(): Promise<void>;
}

/**
 * Creates a database; it opens its least connections when it is first used, and again whenever the server comes back.
 * @throws DatabaseError DATABASE_OPTIONS_INVALID
 */
export function createDatabase(options?: DatabaseOptions): Database {
  const resolved = resolveDatabaseOptions(options);
  // The query cache joins here, innermost first.
  const layers: readonly StatementLayer[] = [];
  const statementObservers: readonly StatementObserver[] = [];
  const observers = layers.flatMap(({ observer }) => (observer === undefined ? [] : [observer]));
  const pool = createPool(resolved, observers);
  const lanes = createLanes(pool, { ...resolved, laneCount: toLaneCount(resolved) });
  const listener = createListener(resolved);
  const direct = createDirectRunner({ pool, lanes, findProfile: createStatementProfiles(resolved.slowStatementMs) });
  const runner = layers.reduce<StatementRunner>((inner, layer) => layer.wrap(inner), direct);
  const meter = createStatementMeter(resolved.clock, statementObservers);
  const metered: StatementRunner = {
    run: (text, values, runOptions) =>
      meter({ text, values, lent: false, waitedMs: 0 }, () => runner.run(text, values, runOptions)),
  };

  const toLentSession = (connection: Connection, waitMs: number): LentSession => {
    let unaccounted = waitMs;
    return {
      condemn() {
        connection.condemned = true;
      },
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
    query: <Row extends object>(text: string, values: readonly unknown[] = [], queryOptions = {}) =>
      metered.run(text, values, queryOptions) as Promise<QueryResult<Row>>,
    withConnection: (work) =>
      pool.lend((connection, waitMs) => work(toLentSession(connection, waitMs)), { below: database.withConnection }),
    transaction: (work, transactionOptions = {}) =>
      pool.lend((connection, waitMs) => runTransaction(toLentSession(connection, waitMs), work, transactionOptions), {
        below: database.transaction,
      }),
    listen: (channel, handlers) => listener.listen(channel, handlers),
    asPgPool: () => createPgPoolFace(pool, metered, resolved),
    statistics: () => readDatabaseStatistics(pool, lanes, resolved),
    proposePoolSize: () => readDatabaseStatistics(pool, lanes, resolved).proposedSize,
    resizePool: (connectionCount) => pool.resize(connectionCount),
    health: () => toDatabaseHealth(pool),
    async close() {
      for (const layer of layers.toReversed()) await layer.close?.();
      await listener.close();
      lanes.close();
      await pool.close();
    },
  };
  return database;
}

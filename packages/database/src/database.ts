import { queries, type ComponentHealth, type PoolEvent } from '@dataguardian/telemetry';
import type { Connection } from './connection.ts';
import { DatabaseError } from './errors.ts';
import { toFingerprint } from './fingerprint.ts';
import { createListener } from './listener.ts';
import { resolveDatabaseOptions, type DatabaseOptions } from './options.ts';
import { toPgPool, type PgPoolFace } from './pg-pool-face.ts';
import { createPool } from './pool.ts';
import type { Queryable, QueryResult } from './queryable.ts';
import { runTransaction, type TransactionOptions } from './transaction.ts';

/** A PostgreSQL behind a pool. */
export interface Database extends Queryable {
  /** Lends one session to `work`. It must not be kept. */
  withConnection<Result>(work: (connection: Queryable) => Promise<Result>): Promise<Result>;
  /** Runs `work` in one transaction; an error rolls it back and reaches the caller. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
  /** Calls `handler` with each payload notified on `channel`; survives lost connections. Returns the way to stop. */
  listen(channel: string, handler: (payload: string) => void): Promise<() => Promise<void>>;
  /** The same pool for what expects a `pg.Pool`. */
  asPgPool(): PgPoolFace;
  statistics(): { readonly pool: PoolEvent };
  health(): ComponentHealth;
  close(): Promise<void>;
}

/**
 * Creates a database; it connects when it is used, and again whenever the server comes back.
 * @throws DatabaseError DATABASE_OPTIONS_INVALID
 */
export function createDatabase(options?: DatabaseOptions): Database {
  const resolved = resolveDatabaseOptions(options);
  const { clock } = resolved;
  const pool = createPool(resolved);
  const listener = createListener(resolved);

  const send = async <Row extends object>(
    connection: Connection,
    waitMs: number,
    text: string,
    values: readonly unknown[],
  ): Promise<QueryResult<Row>> => {
    const sentAt = clock.monotonic();
    let rowCount = 0;
    let failed = true;
    try {
      const result = await connection.client.query<Row>(text, [...values]);
      rowCount = result.rowCount ?? 0;
      failed = false;
      return { rows: result.rows, rowCount, command: result.command };
    } catch (error) {
      throw toConnectionLost(connection, error);
    } finally {
      if (queries.hasSubscribers) {
        const { id, statement } = toFingerprint(text);
        const durationMs = clock.monotonic() - sentAt + waitMs;
        queries.publish({
          fingerprint: id,
          statement,
          durationMs,
          waitMs,
          rowCount,
          verdict: 'off',
          failed,
          caller: undefined,
        });
      }
    }
  };

  const withConnection = <Result>(work: (connection: Queryable) => Promise<Result>): Promise<Result> =>
    pool.lend((connection, waitMs) => {
      let unaccounted = waitMs;
      return work({
        query(text, values = []) {
          const wait = unaccounted;
          unaccounted = 0;
          return send(connection, wait, text, values);
        },
      });
    });

  return {
    query: (text, values = []) => pool.lend((connection, waitMs) => send(connection, waitMs, text, values)),
    withConnection,
    transaction: (work, transactionOptions = {}) =>
      withConnection((connection) => runTransaction(connection, work, transactionOptions)),
    listen: (channel, handler) => listener.listen(channel, handler),
    asPgPool: () => toPgPool(pool),
    statistics: () => ({ pool: pool.state() }),
    health() {
      if (pool.lastFailure() !== undefined)
        return { status: 'down', detail: 'PostgreSQL cannot be reached; connecting again.' };
      const { total, waiting, max } = pool.state();
      return waiting > 0 && total >= max
        ? { status: 'degraded', detail: `All ${max} connections are lent and ${waiting} callers wait.` }
        : { status: 'up', detail: 'PostgreSQL answers.' };
    },
    async close() {
      await listener.close();
      await pool.close();
    },
  };
}

function toConnectionLost(connection: Connection, error: unknown): unknown {
  // An error with a severity comes from the server and concerns the statement, unless it ends the session.
  const severity = error instanceof Error && 'severity' in error ? String(error.severity) : undefined;
  const endsSession = severity === 'FATAL' || severity === 'PANIC';
  if (!connection.broken && severity !== undefined && !endsSession) return error;
  if (!connection.broken && !endsSession && !/terminated|connection|ECONN|EPIPE/i.test(String(error))) return error;
  return new DatabaseError('DATABASE_CONNECTION_LOST', 'The connection to PostgreSQL was lost during a statement.', {
    cause: error,
  });
}

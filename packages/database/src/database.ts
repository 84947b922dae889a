import { queries, type ComponentHealth, type PoolEvent } from '@dataguardian/telemetry';
import type { Connection } from './connection.ts';
import { DatabaseError } from './errors.ts';
import { toFingerprint } from './fingerprint.ts';
import { createListener } from './listener.ts';
import { resolveDatabaseOptions, type DatabaseOptions } from './options.ts';
import { toPgPool, type PgPoolFace } from './pg-pool-face.ts';
import { createPool } from './pool.ts';
import type { Queryable, QueryResult } from './queryable.ts';
import type {
  FinishedStatement,
  StatementLayer,
  StatementObserver,
  StatementResult,
  StatementRunner,
} from './statement-runner.ts';
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
  // The query cache joins here, innermost first.
  const layers: readonly StatementLayer[] = [];
  const statementObservers: readonly StatementObserver[] = [];
  const observers = layers.flatMap(({ observer }) => (observer === undefined ? [] : [observer]));
  const pool = createPool(resolved, observers);
  const listener = createListener(resolved);

  const report = (statement: FinishedStatement): void => {
    for (const observer of statementObservers) observer.finished(statement);
    if (!queries.hasSubscribers) return;
    const { id, statement: shape } = toFingerprint(statement.text);
    const { durationMs, waitMs, rowCount, verdict, failed, caller } = statement;
    queries.publish({ fingerprint: id, statement: shape, durationMs, waitMs, rowCount, verdict, failed, caller });
  };

  const direct: StatementRunner = {
    run: (text, values, { onConnection }) =>
      pool.lend(async (connection, waitMs) => {
        onConnection?.(connection.wire);
        return { ...(await send(connection, text, values)), waitMs };
      }),
  };
  const runner = layers.reduce((inner, layer) => layer.wrap(inner), direct);

  const send = async (connection: Connection, text: string, values: readonly unknown[]): Promise<StatementResult> => {
    for (const observer of observers) observer.statementSent(connection.wire, text);
    try {
      const { rows, rowCount, command, fields } = await connection.client.query<object>(text, [...values]);
      return { rows, rowCount: rowCount ?? 0, command, fields };
    } catch (error) {
      throw toConnectionLost(connection, error);
    }
  };

  const measured = async (
    text: string,
    values: readonly unknown[],
    { lent, waitedMs = 0 }: { readonly lent: boolean; readonly waitedMs?: number },
    run: () => Promise<StatementResult>,
  ): Promise<StatementResult> => {
    const caller = statementObservers[0]?.asked(text);
    const startedAt = clock.monotonic();
    const outcome = { text, values, lent, caller };
    try {
      const result = await run();
      const { rowCount, verdict = 'off', waitMs = 0 } = result;
      const durationMs = clock.monotonic() - startedAt + waitedMs;
      report({ ...outcome, durationMs, waitMs: waitMs + waitedMs, rowCount, verdict, failed: false });
      return result;
    } catch (error) {
      const durationMs = clock.monotonic() - startedAt + waitedMs;
      report({ ...outcome, durationMs, waitMs: waitedMs, rowCount: 0, verdict: 'off', failed: true });
      throw error;
    }
  };

  const withConnection = <Result>(work: (connection: Queryable) => Promise<Result>): Promise<Result> =>
    pool.lend((connection, waitMs) => {
      let unaccounted = waitMs;
      return work({
        query<Row extends object>(text: string, values: readonly unknown[] = []) {
          const waitedMs = unaccounted;
          unaccounted = 0;
          return measured(text, values, { lent: true, waitedMs }, () => send(connection, text, values)) as Promise<
            QueryResult<Row>
          >;
        },
      });
    });

  return {
    query: <Row extends object>(text: string, values: readonly unknown[] = [], runOptions = {}) =>
      measured(text, values, { lent: false }, () => runner.run(text, values, runOptions)) as Promise<QueryResult<Row>>,
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
      for (const layer of layers.toReversed()) await layer.close?.();
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

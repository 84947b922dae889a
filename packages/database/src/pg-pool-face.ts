// oxlint-disable no-underscore-dangle -- `_clients` is read by users of `pg.Pool`
import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { Client, Pool as PgPool, PoolClient, QueryResult } from 'pg';
import type { Connection } from './connection.ts';
import { DatabaseError } from './errors.ts';
import type { ResolvedDatabaseOptions } from './options.ts';
import { passForPgPool, toSettle, type Settle } from './pg-compatible/pg-pool-class.ts';
import { toPgResult } from './pg-compatible/pg-result.ts';
import { toPlainQuery } from './pg-compatible/plain-query.ts';
import type { Pool } from './pool.ts';
import type { StatementRunner } from './statement-runner.ts';

/** A lent client as `pg.Pool` hands it out. */
export type PgPoolClient = PoolClient;

/** A `pg.Pool`, by its types too. */
export type PgPoolFace = PgPool;

type ConnectCallback = (
  error: Error | undefined,
  client: PgPoolClient | undefined,
  release: PgPoolClient['release'],
) => void;

const ENDED = 'Cannot use a pool after calling end on the pool';
const nothing = (): void => undefined;

/** What stands behind a face. */
interface FaceWorld {
  readonly pool: Pool;
  readonly runner: StatementRunner;
  readonly options: ResolvedDatabaseOptions;
}

class PoolFace extends EventEmitter {
  static {
    passForPgPool(this);
  }

  readonly options: object;
  readonly Client: typeof Client = pg.Client;
  readonly Promise: PromiseConstructor = Promise;
  readonly log: () => void = nothing;
  ending = false;
  ended = false;
  readonly #pool: Pool;
  readonly #runner: StatementRunner;
  readonly #lent = new Set<Client>();
  #unsubscribe: (() => void) | undefined;
  #onReturned: (() => void) | undefined;

  constructor({ pool, runner, options }: FaceWorld) {
    super();
    this.#pool = pool;
    this.#runner = runner;
    this.options = toPgOptions(options);
    // Faces are made and forgotten, one for each request perhaps: the pool knows of those only that somebody listens to.
    this.once('newListener', () => {
      if (!this.ended) this.#unsubscribe = this.#subscribe();
    });
  }

  get totalCount(): number {
    return this.ended ? 0 : this.#pool.state().total;
  }

  get idleCount(): number {
    return this.ended ? 0 : this.#pool.state().idle;
  }

  get waitingCount(): number {
    return this.ended ? 0 : this.#pool.state().waiting;
  }

  /** Connections that are past their lifetime close as they come back, and are not counted. */
  get expiredCount(): number {
    return 0;
  }

  get _clients(): readonly Client[] {
    return [...this.#lent];
  }

  connect(callback?: ConnectCallback): Promise<PgPoolClient> | undefined {
    const connecting = this.ending
      ? Promise.reject(new Error(ENDED))
      : this.#pool.acquire({ below: this.connect }).then(
          (connection) => this.#lend(connection),
          (error: unknown) => {
            throw toPgError(error);
          },
        );
    if (callback === undefined) return connecting;
    connecting.then(
      (client) => process.nextTick(callback, undefined, client, client.release),
      (error: Error) => process.nextTick(callback, error, undefined, nothing),
    );
    return undefined;
  }

  query(query: unknown, values?: unknown, callback?: Settle<QueryResult>): Promise<QueryResult> | undefined {
    if (typeof query === 'function') {
      const { settle, promise } = toSettle(query as Settle<QueryResult>, this.Promise);
      setImmediate(settle, new Error('Passing a function as the first parameter to pool.query is not supported'));
      return promise;
    }
    const given = typeof values === 'function' ? undefined : values;
    const listener = typeof values === 'function' ? (values as Settle<QueryResult>) : callback;
    const plain = this.ending ? undefined : toPlainQuery(query, given);
    // Sent as one message the server names the parameter that has no value; sent in parts it only counts.
    if (plain === undefined || (plain.values.length === 0 && /\$\d/.test(plain.text))) {
      const { settle, promise } = toSettle(listener, this.Promise);
      this.#queryAlone(query, given, settle);
      return promise;
    }
    const running = this.#runner.run(plain.text, plain.values, plain.options).then(
      (result) => (result.raw ?? toPgResult(result, plain.options.rowMode)) as QueryResult,
      (error: unknown) => {
        const told = toPgError(error);
        // Layers and meters lie between where it was made and the caller, who wants to see where he asked.
        Error.captureStackTrace(told);
        throw told;
      },
    );
    if (listener === undefined) return running;
    running.then(
      // In a turn of its own: what a callback throws is nobody's rejection.
      (result) => process.nextTick(listener, undefined, result),
      (error: Error) => process.nextTick(listener, error),
    );
    return undefined;
  }

  end(callback?: (error?: Error) => void): Promise<void> | undefined {
    if (this.ending) {
      const error = new Error('Called end on pool more than once');
      if (callback === undefined) return Promise.reject(error);
      callback(error);
      return undefined;
    }
    this.ending = true;
    const { settle, promise } = toSettle<void>(callback && (() => callback()), this.Promise);
    this.#onReturned = () => {
      this.ended = true;
      this.#unsubscribe?.();
      settle(undefined);
    };
    if (this.#lent.size === 0) queueMicrotask(this.#onReturned);
    return promise;
  }

  #subscribe(): () => void {
    return this.#pool.subscribe({
      opened: ({ client }) => void this.emit('connect', client),
      acquired: ({ client }) => void this.emit('acquire', client),
      released: ({ client }, error) => void this.emit('release', error, client),
      removed: ({ client }) => void this.emit('remove', client),
      lost: ({ client }, error) => {
        // The pool has already replaced it: nobody has to listen, as one has to with `pg.Pool`.
        if (this.listenerCount('error') > 0) this.emit('error', Object.assign(error, { client }), client);
      },
    });
  }

  #lend(connection: Connection): PgPoolClient {
    const { client } = connection;
    let released = false;
    this.#lent.add(client);
    return Object.assign(client, {
      release: (destroy?: Error | boolean) => {
        if (released) throw new Error('Release called on client which has already been released to the pool.');
        released = true;
        this.#lent.delete(client);
        if (destroy) this.#pool.destroy(connection, destroy);
        else this.#pool.release(connection);
        if (this.ending && this.#lent.size === 0) this.#onReturned?.();
      },
    });
  }

  /** Lends a client to one query that `pg` has to send. */
  #queryAlone(query: unknown, values: unknown, settle: Settle<QueryResult>): void {
    void this.connect((failure, client, release) => {
      if (client === undefined) {
        settle(failure);
        return;
      }
      let over = false;
      const finish = (error: Error | null, result?: QueryResult): void => {
        if (over) return;
        over = true;
        client.removeListener('error', finish);
        // Only the server's own errors say that the session is free again.
        release(error !== null && !('severity' in error) ? error : undefined);
        settle(error ?? undefined, result);
      };
      client.once('error', finish);
      try {
        (client.query as (...given: unknown[]) => unknown)(query, values, (error: Error | null, result: QueryResult) =>
          finish(error ?? null, result),
        );
      } catch (error) {
        finish(error as Error);
      }
    });
  }
}

/** Shows `pool` as a `pg.Pool`. Ending the face leaves the pool to its owner. */
export function createPgPoolFace(pool: Pool, runner: StatementRunner, options: ResolvedDatabaseOptions): PgPoolFace {
  // Its types are those of `pg`, to which the overloads of its methods add up.
  return new PoolFace({ pool, runner, options }) as unknown as PgPoolFace;
}

/** Under the names of `pg`; the connection string may hold a password, and is kept out of what a log would print. */
function toPgOptions(options: ResolvedDatabaseOptions): object {
  const pgOptions = {
    max: options.maxConnections,
    min: options.minConnections,
    maxUses: Infinity,
    allowExitOnIdle: false,
    maxLifetimeSeconds: options.maxLifetimeMs / 1_000,
    idleTimeoutMillis: options.idleTimeoutMs,
    connectionTimeoutMillis: options.acquireTimeoutMs,
    application_name: options.applicationName,
  };
  return Object.defineProperty(pgOptions, 'connectionString', { enumerable: false, value: options.connectionString });
}

/** Our error in the words of `pg`, by which its users know what happened; ours stays as the cause where it says more. */
function toPgError(error: unknown): Error {
  if (!(error instanceof DatabaseError)) return error as Error;
  switch (error.code) {
    case 'DATABASE_CONNECTION_LOST':
    case 'DATABASE_UNAVAILABLE':
      return error.cause instanceof Error ? error.cause : error;
    case 'DATABASE_ACQUIRE_TIMEOUT':
      return new Error('timeout exceeded when trying to connect', { cause: error });
    case 'DATABASE_CLOSED':
      return new Error(ENDED, { cause: error });
    default:
      return error;
  }
}

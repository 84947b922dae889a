import { EventEmitter } from 'node:events';
import type { Client, QueryConfig, QueryResult } from 'pg';
import type { Connection } from './connection.ts';
import type { ResolvedDatabaseOptions } from './options.ts';
import { toPgResult } from './pg-compatible/pg-result.ts';
import type { Pool } from './pool.ts';
import type { StatementResult, StatementRunner } from './statement-runner.ts';

/** A lent client as `pg.Pool` hands it out. */
export interface PgPoolClient {
  query: Client['query'];
  release(destroy?: Error | boolean): void;
}

type ConnectCallback = (
  error: Error | undefined,
  client: PgPoolClient | undefined,
  release: PgPoolClient['release'],
) => void;
type QueryCallback = (error: Error | undefined, result?: QueryResult) => void;

/** A `pg.Pool` as Kysely, Drizzle, pg-boss and connect-pg-simple use it: promises, callbacks, events and counts. */
export interface PgPoolFace extends EventEmitter {
  connect(): Promise<PgPoolClient>;
  connect(callback: ConnectCallback): void;
  query(text: string | QueryConfig, values?: unknown[]): Promise<QueryResult>;
  query(text: string | QueryConfig, values: unknown[] | QueryCallback | undefined, callback?: QueryCallback): void;
  end(): Promise<void>;
  end(callback: () => void): void;
  readonly options: { readonly max: number; readonly min: number; readonly [name: string]: unknown };
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly ending: boolean;
  readonly ended: boolean;
}

/** Keys of a query configuration that the runner understands; any other one makes it a matter for `pg`. */
const PLAIN_KEYS = new Set(['text', 'values', 'rowMode']);

/** Shows `pool` as a `pg.Pool`. Ending the face leaves the pool to its owner. */
export function createPgPoolFace(pool: Pool, runner: StatementRunner, options: ResolvedDatabaseOptions): PgPoolFace {
  const face = new EventEmitter();
  let ended = false;

  pool.subscribe({
    opened: ({ client }) => void face.emit('connect', client),
    acquired: ({ client }) => void face.emit('acquire', client),
    released: ({ client }, error) => void face.emit('release', error, client),
    removed: ({ client }) => void face.emit('remove', client),
    // The pool has already replaced it: nobody has to listen, as one has to with `pg.Pool`.
    lost: ({ client }, error) => void (face.listenerCount('error') > 0 && face.emit('error', error, client)),
  });

  const lend = (connection: Connection): PgPoolClient => {
    let released = false;
    return Object.assign(connection.client, {
      release(destroy?: Error | boolean) {
        if (released) throw new Error('Release called on client which has already been released to the pool.');
        released = true;
        if (destroy === undefined || destroy === false) pool.release(connection);
        else pool.destroy(connection, destroy);
      },
    });
  };

  const connect = (callback?: ConnectCallback): Promise<PgPoolClient> | undefined => {
    const connecting = ended
      ? Promise.reject(new Error('Cannot use a pool after calling end on the pool'))
      : pool.acquire({ below: connect }).then(lend);
    if (callback === undefined) return connecting;
    connecting.then(
      (client) => process.nextTick(callback, undefined, client, client.release),
      (error: Error) => process.nextTick(callback, error, undefined, () => undefined),
    );
    return undefined;
  };

  const run = async (query: string | QueryConfig, values: readonly unknown[] | undefined): Promise<unknown> => {
    if (ended) throw new Error('Cannot use a pool after calling end on the pool');
    if (typeof query === 'string') return toFaceResult(await runner.run(query, values ?? [], {}));
    if (isPlain(query)) {
      const rowMode = (query as { rowMode?: 'array' }).rowMode;
      return toFaceResult(
        await runner.run(query.text, values ?? query.values ?? [], rowMode === 'array' ? { rowMode } : {}),
      );
    }
    return pool.lend(({ client }) => client.query(query, values === undefined ? undefined : [...values]));
  };

  const query = (
    text: string | QueryConfig,
    values?: unknown[] | QueryCallback,
    callback?: QueryCallback,
  ): Promise<QueryResult> | undefined => {
    const settle = typeof values === 'function' ? values : callback;
    const running = run(text, typeof values === 'function' ? undefined : values) as Promise<QueryResult>;
    if (settle === undefined) return running;
    running.then(
      (result) => process.nextTick(settle, undefined, result),
      (error: Error) => process.nextTick(settle, error),
    );
    return undefined;
  };

  const end = (callback?: () => void): Promise<void> | undefined => {
    ended = true;
    if (callback === undefined) return Promise.resolve();
    queueMicrotask(callback);
    return undefined;
  };

  return Object.defineProperties(Object.assign(face, { connect, query, end }), {
    options: {
      value: {
        max: options.maxConnections,
        min: options.minConnections,
        idleTimeoutMillis: options.idleTimeoutMs,
        connectionTimeoutMillis: options.acquireTimeoutMs,
      },
    },
    totalCount: { get: () => pool.state().total },
    idleCount: { get: () => pool.state().idle },
    waitingCount: { get: () => pool.state().waiting },
    ending: { get: () => ended },
    ended: { get: () => ended },
  }) as unknown as PgPoolFace;
}

function isPlain(query: QueryConfig): boolean {
  return typeof query.text === 'string' && Object.keys(query).every((key) => PLAIN_KEYS.has(key));
}

function toFaceResult(result: StatementResult, rowMode?: 'array'): unknown {
  return result.raw ?? toPgResult(result, rowMode);
}

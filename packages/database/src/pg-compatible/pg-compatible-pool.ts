// oxlint-disable no-underscore-dangle -- `_clients` is read by users of `pg.Pool`
import { EventEmitter } from 'node:events';
import { systemClock, type Clock } from '@dataguardian/telemetry';
import pg from 'pg';
import type { Pool, PoolConfig, QueryResult } from 'pg';
import { createStatementProfiles, type StatementProfile } from '../statement-profiles.ts';
import type { RunOptions, StatementResult, StatementRunner } from '../statement-runner.ts';
import { createClientRoster, type ClientRoster } from './client-roster.ts';
import { resolvePgConfig, type PgCompatiblePoolConfig, type ResolvedPgConfig } from './pg-config.ts';
import { passForPgPool, toSettle, type Settle } from './pg-pool-class.ts';
import { toPgResult } from './pg-result.ts';
import { toPlainQuery, type PlainQuery } from './plain-query.ts';
import type { PooledClient } from './pool-member.ts';
import { createSharedMembers, type SharedMembers } from './shared-members.ts';

type Release = (destroy?: Error | boolean) => void;
type ConnectCallback = (error: Error | undefined, client: PooledClient | undefined, release: Release) => void;
type QueryCallback = Settle<QueryResult>;
type ClientConstructor = new (config: PoolConfig) => PooledClient;

const CLOSED = 'Cannot use a pool after calling end on the pool';
const nothing = (): void => undefined;

class CompatiblePool extends EventEmitter {
  static {
    passForPgPool(this);
  }
  readonly options: ResolvedPgConfig;
  readonly log: (...messages: unknown[]) => void;
  readonly Client: ClientConstructor;
  readonly Promise: PromiseConstructor;
  ending = false;
  ended = false;
  readonly #clock: Clock;
  readonly #findProfile: (text: string) => StatementProfile;
  readonly #roster: ClientRoster;
  readonly #shared: SharedMembers;
  readonly #runner: StatementRunner;

  constructor(config: PgCompatiblePoolConfig = {}, ClientClass?: ClientConstructor) {
    super();
    this.options = resolvePgConfig(config);
    this.log = config.log ?? nothing;
    this.Client = (config.Client ?? ClientClass ?? pg.Client) as unknown as ClientConstructor;
    this.Promise = (config.Promise ?? Promise) as PromiseConstructor;
    this.#clock = config.clock ?? systemClock;
    const { laneCount, slowStatementMs, layers = [] } = this.options;
    this.#findProfile = createStatementProfiles(slowStatementMs, this.#clock);
    const roster = createClientRoster({
      options: this.options,
      clock: this.#clock,
      observers: layers.flatMap(({ observer }) => (observer === undefined ? [] : [observer])),
      Promise: this.Promise,
      createClient: () => new this.Client(this.options as PoolConfig),
      emit: (event, ...details) => void this.emit(event, ...details),
      log: (...messages) => this.log(...messages),
    });
    this.#roster = roster;
    this.#shared = createSharedMembers({
      clock: this.#clock,
      laneCount,
      takeIdle: () => roster.takeIdle(),
      isContended: () => roster.isFull() && roster.isAwaited(),
      request: (settle) => roster.request(settle, { forSharing: true }),
      started: ({ client }) => void this.emit('acquire', client),
      finished: (member, error) => {
        this.emit('release', error ?? null, member.client);
        if (member.sharedCount === 0) roster.putBack(member, { isBad: member.failure !== undefined });
        else member.useCount += 1;
      },
    });
    this.#runner = layers.reduce<StatementRunner>((inner, layer) => layer.wrap(inner), {
      run: (text, values, options) => this.#run({ text, values, options }),
    });
  }

  get totalCount(): number {
    return this.#roster.members.length;
  }

  get idleCount(): number {
    return this.#roster.idleCount;
  }

  get waitingCount(): number {
    return this.#roster.waitingCount;
  }

  get expiredCount(): number {
    return this.#roster.members.filter(({ expired }) => expired).length;
  }

  get _clients(): readonly PooledClient[] {
    return this.#roster.members.map(({ client }) => client);
  }

  connect(): Promise<PooledClient>;
  connect(callback: ConnectCallback): void;
  connect(callback?: ConnectCallback): Promise<PooledClient> | undefined {
    const answer: ConnectCallback = callback ?? nothing;
    if (this.ending) {
      const error = new Error(CLOSED);
      if (callback === undefined) return this.Promise.reject(error);
      answer(error, undefined, nothing);
      return undefined;
    }
    const { settle, promise } = toSettle<PooledClient>(
      callback && ((error, client) => callback(error ?? undefined, client, client?.release ?? nothing)),
      this.Promise,
    );
    this.#roster.request((error, member) => settle(error, member?.client), { forSharing: false });
    return promise;
  }

  query(query: unknown, values?: unknown, callback?: QueryCallback): Promise<QueryResult> | undefined {
    if (typeof query === 'function') {
      const { settle, promise } = toSettle(query as QueryCallback, this.Promise);
      setImmediate(settle, new Error('Passing a function as the first parameter to pool.query is not supported'));
      return promise;
    }
    const given = typeof values === 'function' ? undefined : values;
    const { settle, promise } = toSettle(
      typeof values === 'function' ? (values as QueryCallback) : callback,
      this.Promise,
    );
    const plain = this.ending ? undefined : this.#toPlain(query, given);
    if (plain === undefined) {
      this.#queryAlone(query, given, settle);
    } else {
      this.#runner.run(plain.text, plain.values, plain.options).then(
        (result) =>
          settle(undefined, (result.raw as QueryResult | undefined) ?? toPgResult(result, plain.options.rowMode)),
        (error: Error) => settle(error),
      );
    }
    return promise;
  }

  end(callback?: (error?: Error) => void): Promise<void> | undefined {
    this.log('ending');
    if (this.ending) {
      const error = new Error('Called end on pool more than once');
      if (callback === undefined) return this.Promise.reject(error);
      callback(error);
      return undefined;
    }
    this.ending = true;
    const { settle, promise } = toSettle<void>(callback && (() => callback()), this.Promise);
    this.#roster.end(() => {
      this.ended = true;
      settle(undefined);
    });
    return promise;
  }

  /** A statement that our own sessions may carry: a short text of one command that only reads, nothing special asked. */
  #toPlain(query: unknown, values: unknown): PlainQuery | undefined {
    const { binary, query_timeout: timeout } = this.options as { binary?: boolean; query_timeout?: number };
    if (binary === true || (timeout ?? 0) > 0 || this.Client !== (pg.Client as unknown as ClientConstructor))
      return undefined;
    const plain = toPlainQuery(query, values);
    if (plain === undefined) return undefined;
    const { kind, mentionsParameters } = this.#findProfile(plain.text);
    return kind === 'read' && (plain.values.length > 0 || !mentionsParameters) ? plain : undefined;
  }

  async #run({ text, values, options: { rowMode, onConnection } }: PlainQuery): Promise<StatementResult> {
    const profile = this.#findProfile(text);
    const statement = { text, values, rowMode, prepare: profile.seenCount > 2 };
    const canShare = profile.times.isFitToShare() && this.options.laneCount > 0;
    if (canShare) {
      const shared = await this.#shared.send(statement, profile, ({ session }) => {
        if (session !== undefined) onConnection?.(session.wire);
      });
      return { ...shared, rowCount: shared.rowCount ?? 0 };
    }
    return new Promise((resolve, reject) => {
      const config = { text, values: [...values], ...(rowMode === 'array' ? { rowMode } : {}) };
      let sentAt = this.#clock.monotonic();
      const onSent: RunOptions['onConnection'] = (wire) => {
        sentAt = this.#clock.monotonic();
        onConnection?.(wire);
      };
      this.#queryAlone(
        config,
        undefined,
        (error, raw) => {
          if (raw === undefined) {
            reject(error ?? new Error('no result'));
            return;
          }
          profile.times.recordAlone(this.#clock.monotonic() - sentAt);
          const { rows, fields, command, rowCount } = raw;
          resolve({ rows: rows as unknown[], fields, command, rowCount: rowCount ?? 0, raw });
        },
        onSent,
      );
    });
  }

  /** Lends a client to one query, the way `pg.Pool` does: a client that fails a query goes. */
  #queryAlone(
    query: unknown,
    values: unknown,
    settle: Settle<QueryResult>,
    onConnection?: RunOptions['onConnection'],
  ): void {
    if (this.ending) {
      settle(new Error(CLOSED));
      return;
    }
    this.#roster.request(
      (failure, member) => {
        if (member === undefined) {
          settle(failure);
          return;
        }
        const { client, session } = member;
        let released = false;
        const finish = (error: Error | null, result?: QueryResult): void => {
          if (released) return;
          released = true;
          client.removeListener('error', finish);
          // With `null` where nothing failed: listeners of `release` are told what `pg` tells them.
          client.release(error as Error);
          settle(error ?? undefined, result);
        };
        client.once('error', finish);
        this.log('dispatching query');
        try {
          if (session !== undefined) onConnection?.(session.wire);
          (client.query as (...given: unknown[]) => unknown)(
            query,
            values,
            (error: Error | null, result: QueryResult) => {
              this.log('query dispatched');
              finish(error ?? null, result);
            },
          );
        } catch (error) {
          finish(error as Error);
        }
      },
      { forSharing: false },
    );
  }
}

/**
 * A `pg.Pool` to everybody who uses one: constructor, events, counts, options, callbacks and promises. Short reads of
 * `query` share connections, statements prepare themselves and rows are decoded by compiled readers; injected clients,
 * `binary` and `query_timeout` keep to what `pg` does.
 */
export interface PgCompatiblePool extends Pool {
  readonly Client: ClientConstructor;
  readonly Promise: PromiseConstructor;
  readonly log: (...messages: unknown[]) => void;
}

/** @see PgCompatiblePool */
export const PgCompatiblePool: new (
  config?: PgCompatiblePoolConfig,
  ClientClass?: ClientConstructor,
  // Its types are those of `pg`, to which the overloads above add up.
) => PgCompatiblePool = CompatiblePool as unknown as new (
  config?: PgCompatiblePoolConfig,
  ClientClass?: ClientConstructor,
) => PgCompatiblePool;

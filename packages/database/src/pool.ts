import { poolStates, type PoolEvent } from '@dataguardian/telemetry';
import { isIdle, openConnection, type Connection } from './connection.ts';
import { DatabaseError } from './errors.ts';
import type { ResolvedDatabaseOptions } from './options.ts';
import type { WireObserver } from './wire-observer.ts';

/** Lends sessions to callers in the order in which they asked. */
export interface Pool {
  /** Lends a session to `work` and takes it back, whatever happens. */
  lend<Result>(work: (connection: Connection, waitMs: number) => Promise<Result>): Promise<Result>;
  /** @throws DatabaseError DATABASE_ACQUIRE_TIMEOUT, DATABASE_UNAVAILABLE, DATABASE_CLOSED */
  acquire(): Promise<Connection>;
  release(connection: Connection): void;
  /** Takes a session back that must not be used again, and closes it. */
  destroy(connection: Connection): void;
  state(): PoolEvent;
  /** The error of the latest attempt to connect, until one succeeds. */
  lastFailure(): unknown;
  /** Refuses new callers, waits for lent sessions, closes all. */
  close(): Promise<void>;
}

interface Caller {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
}

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;

/** Opens sessions as they are needed, up to the maximum, and keeps the minimum. */
export function createPool(options: ResolvedDatabaseOptions, observers: readonly WireObserver[] = []): Pool {
  const { clock, minConnections, maxConnections, acquireTimeoutMs, idleTimeoutMs } = options;
  const all = new Set<Connection>();
  const idle: Connection[] = [];
  const waiting: Caller[] = [];
  let openingCount = 0;
  let closed = false;
  let failure: unknown;
  let retryMs = FIRST_RETRY_MS;
  let retrying = false;
  let onDrained: (() => void) | undefined;

  const state = (): PoolEvent => ({
    total: all.size,
    idle: idle.length,
    waiting: waiting.length,
    max: maxConnections,
  });
  const announce = (): void => {
    if (poolStates.hasSubscribers) poolStates.publish(state());
  };

  const discard = (connection: Connection): void => {
    all.delete(connection);
    const index = idle.indexOf(connection);
    if (index !== -1) idle.splice(index, 1);
    if (!connection.broken) {
      connection.broken = true;
      connection.client.end().catch(() => undefined);
    }
    if (closed && all.size === 0) onDrained?.();
    announce();
  };

  const hand = (connection: Connection): void => {
    const caller = waiting.shift();
    if (caller === undefined) {
      connection.idleSince = clock.monotonic();
      idle.push(connection);
    } else {
      caller.resolve(connection);
    }
    announce();
  };

  const failWaiting = (error: unknown): void => {
    const problem = new DatabaseError('DATABASE_UNAVAILABLE', 'PostgreSQL cannot be reached.', { cause: error });
    for (const caller of waiting.splice(0)) caller.reject(problem);
  };

  const open = async (): Promise<void> => {
    openingCount += 1;
    try {
      const connection = await openConnection(
        options,
        (broken) => {
          discard(broken);
          topUp();
        },
        observers,
      );
      failure = undefined;
      retryMs = FIRST_RETRY_MS;
      all.add(connection);
      if (closed) discard(connection);
      else hand(connection);
    } catch (error) {
      failure = error;
      if (all.size === 0) failWaiting(error);
      retryLater();
    } finally {
      openingCount -= 1;
    }
  };

  const topUp = (): void => {
    if (closed || retrying || failure !== undefined) return;
    const wanted = Math.min(maxConnections, waiting.length) - openingCount;
    const room = maxConnections - all.size - openingCount;
    for (let count = 0; count < Math.min(wanted, room); count++) void open();
  };

  const retryLater = (): void => {
    if (retrying || closed) return;
    retrying = true;
    clock.schedule(retryMs, () => {
      retrying = false;
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      if (!closed && openingCount === 0) void open();
    });
  };

  const reaper = clock.repeat(Math.max(1_000, idleTimeoutMs / 2), () => {
    const now = clock.monotonic();
    const overdue = idle.filter(({ idleSince }) => now - idleSince >= idleTimeoutMs);
    for (const connection of overdue.slice(0, Math.max(0, all.size - minConnections))) discard(connection);
    announce();
  });

  const acquire = (): Promise<Connection> => {
    if (closed) return Promise.reject(new DatabaseError('DATABASE_CLOSED', 'The database was closed.'));
    const free = idle.pop();
    if (free !== undefined) {
      announce();
      return Promise.resolve(free);
    }
    if (failure !== undefined && all.size === 0)
      return Promise.reject(
        new DatabaseError('DATABASE_UNAVAILABLE', 'PostgreSQL cannot be reached.', { cause: failure }),
      );
    return new Promise((resolve, reject) => {
      const caller: Caller = {
        resolve: (connection) => {
          timer.cancel();
          resolve(connection);
        },
        reject: (error) => {
          timer.cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const timer = clock.schedule(acquireTimeoutMs, () => {
        waiting.splice(waiting.indexOf(caller), 1);
        reject(
          new DatabaseError(
            'DATABASE_ACQUIRE_TIMEOUT',
            `No connection became free within ${acquireTimeoutMs} ms; ${all.size} of ${maxConnections} are lent and ${waiting.length} callers wait.`,
          ),
        );
      });
      waiting.push(caller);
      topUp();
      announce();
    });
  };

  const destroy = (connection: Connection): void => {
    discard(connection);
    topUp();
  };

  const release = (connection: Connection): void => {
    if (connection.broken) topUp();
    // A transaction that was left open would lend its locks and settings to the next caller.
    else if (closed || !isIdle(connection)) destroy(connection);
    else hand(connection);
  };

  return {
    acquire,
    release,
    destroy,
    state,
    lastFailure: () => failure,
    async lend(work) {
      const askedAt = clock.monotonic();
      const connection = await acquire();
      try {
        return await work(connection, clock.monotonic() - askedAt);
      } finally {
        release(connection);
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      reaper.cancel();
      const problem = new DatabaseError('DATABASE_CLOSED', 'The database was closed.');
      for (const caller of waiting.splice(0)) caller.reject(problem);
      const drained = new Promise<void>((resolve) => {
        onDrained = resolve;
      });
      for (const connection of idle.slice()) discard(connection);
      if (all.size > 0) await drained;
    },
  };
}

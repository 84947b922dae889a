import { poolStates, type PoolEvent } from '@dataguardian/telemetry';
import { isIdle, openConnection, type Connection } from './connection.ts';
import { DatabaseError } from './errors.ts';
import { createHolders, takeTrace, type Holder, type HolderTrace } from './holders.ts';
import type { ResolvedDatabaseOptions } from './options.ts';
import { createPoolGrowth } from './pool-growth.ts';
import { createPoolLoadMeter, type PoolLoad } from './pool-load.ts';
import { createPoolUpkeep } from './pool-upkeep.ts';
import { createWaitQueue, type WaitQueue } from './wait-queue.ts';
import type { SessionChanges } from './statement-runner.ts';
import type { WireObserver } from './wire-observer.ts';

/** Who borrows, for the leak report. */
export interface BorrowOptions {
  /** Function above which the stack of the holder starts; without it no stack is taken. */
  readonly below?: ((...given: never[]) => unknown) | undefined;
  /** Takes a session as a layer changed it, and rather such a one. @defaultValue false */
  readonly asIs?: boolean;
}

/** Hears what happens to connections. */
export interface PoolListener {
  opened?(connection: Connection): void;
  acquired?(connection: Connection): void;
  released?(connection: Connection, error: unknown): void;
  removed?(connection: Connection): void;
  /** A connection ended by itself while nobody had it. */
  lost?(connection: Connection, error: Error): void;
}

/** Lends sessions to callers in the order in which they asked. */
export interface Pool {
  /** Lends a session to `work` and takes it back, whatever happens. */
  lend<Result>(
    work: (connection: Connection, waitMs: number) => Promise<Result>,
    options?: BorrowOptions,
  ): Promise<Result>;
  /** @throws DatabaseError DATABASE_ACQUIRE_TIMEOUT, DATABASE_UNAVAILABLE, DATABASE_CLOSED */
  acquire(options?: BorrowOptions): Promise<Connection>;
  release(connection: Connection): void;
  /** Takes a session back that must not be used again, and closes it. */
  destroy(connection: Connection, error?: unknown): void;
  /** Takes a session for sharing, when one is idle or may be opened without anybody waiting for it. */
  acquireForSharing(): Promise<Connection | undefined>;
  /** Takes back a session that was shared; nothing may be under way on it. */
  releaseShared(connection: Connection): void;
  hasIdle(): boolean;
  /** Counts sessions that are shared and have nothing to do as idle. */
  setSharedIdleCount(count: () => number): void;
  state(): PoolEvent;
  holders(): Holder[];
  readonly leakCount: number;
  load(): PoolLoad;
  /** Sets how many connections may be open, at once; within the options' minimum and maximum. */
  resize(connectionCount: number): void;
  /** Has every session's prepared statements planned anew with their next use. */
  renewStatements(): void;
  /** The error of the latest attempt to connect, until one succeeds. */
  lastFailure(): unknown;
  subscribe(listener: PoolListener): () => void;
  /** Refuses new callers, waits for lent sessions as long as the options say, closes all. */
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;
/** Callers are refused because of a failure no older than this; after it they cause an attempt of their own. */
const FRESH_FAILURE_MS = 200;
/** Up to so many connections are opened as soon as somebody waits; further ones when waiting goes on. */
const EAGER_COUNT = 10;
/** Opens sessions as they are needed, up to the maximum, and keeps the minimum. */
export function createPool(
  options: ResolvedDatabaseOptions,
  observers: readonly WireObserver[] = [],
  changes?: SessionChanges,
): Pool {
  const { clock, random, minConnections, maxConnections, acquireTimeoutMs } = options;
  const all = new Set<Connection>();
  const idle: Connection[] = [];
  const holders = createHolders(clock, options.leakThresholdMs);
  const meter = createPoolLoadMeter(clock);
  const listeners = new Set<PoolListener>();
  let limit = maxConnections;
  let openingCount = 0;
  let closed = false;
  let used = false;
  let failure: unknown;
  let failedAt = 0;
  let failureCount = 0;
  let retrying = false;
  let lendCount = 0;
  let openedAt = 0;
  let sharedIdleCount = (): number => 0;
  let onDrained: (() => void) | undefined;

  const state = (): PoolEvent => ({
    total: all.size,
    idle: idle.length + sharedIdleCount(),
    waiting: waiting.length,
    max: limit,
  });
  const announce = (): void => {
    if (poolStates.hasSubscribers) poolStates.publish(state());
  };
  const waiting: WaitQueue<Connection> = createWaitQueue<Connection>({
    clock,
    timeoutMs: acquireTimeoutMs,
    toTimeout: () =>
      new DatabaseError(
        'DATABASE_ACQUIRE_TIMEOUT',
        `No connection became free within ${acquireTimeoutMs} ms; ${all.size} of ${limit} are lent and ${waiting.length} callers wait. statistics().holders says who has them.`,
      ),
  });

  const discard = (connection: Connection): void => {
    if (!all.delete(connection)) return;
    const index = idle.indexOf(connection);
    if (index !== -1) idle.splice(index, 1);
    if (!connection.broken) {
      connection.broken = true;
      connection.client.end().catch(() => undefined);
    }
    for (const listener of listeners) listener.removed?.(connection);
    if (closed && all.size === 0) onDrained?.();
    announce();
  };

  const hand = (connection: Connection): void => {
    if (!waiting.serve(connection)) {
      connection.idleSince = clock.monotonic();
      idle.push(connection);
    }
    announce();
  };

  const open = async (): Promise<void> => {
    openingCount += 1;
    try {
      const connection = await openConnection(
        options,
        (broken, error) => {
          discard(broken);
          // Whoever has it hears of it there.
          if (!holders.isHeld(broken)) for (const listener of listeners) listener.lost?.(broken, error);
          topUp();
        },
        [...observers],
      );
      failure = undefined;
      failureCount = 0;
      openedAt = clock.monotonic();
      all.add(connection);
      for (const listener of listeners) listener.opened?.(connection);
      if (closed) discard(connection);
      else hand(connection);
    } catch (error) {
      failure = error;
      failedAt = clock.monotonic();
      failureCount += 1;
      if (all.size === 0) waiting.failAll(toUnavailable(error));
    } finally {
      openingCount -= 1;
    }
    if (failure === undefined) topUp();
    else retryLater();
  };

  const topUp = (): void => {
    if (closed || !used || retrying || failure !== undefined) return;
    const total = all.size + openingCount;
    const floor = Math.min(minConnections, limit);
    const eager = Math.min(limit, Math.max(floor, EAGER_COUNT));
    const wanted = Math.max(floor - total, Math.min(waiting.length - openingCount, eager - total));
    for (let count = 0; count < wanted; count++) void open();
    if (waiting.length > openingCount && total + Math.max(0, wanted) < limit) growLater();
  };

  const growLater = createPoolGrowth({
    clock,
    waitingCount: () => (closed || failure !== undefined ? 0 : waiting.length),
    oldestWaitMs: () => waiting.oldestWaitMs(),
    meanHoldMs: () => meter.load().meanHoldMs,
    openedAt: () => (openingCount > 0 ? clock.monotonic() : openedAt),
    lentCount: () => lendCount,
    room: () => limit - all.size - openingCount,
    open(count) {
      for (let opening = 0; opening < count; opening++) void open();
    },
  });

  const retryLater = (): void => {
    if (retrying || closed) return;
    retrying = true;
    const upperMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failureCount - 1, 10));
    // At least half of it: many instances spread out, and none knocks without a pause.
    clock.schedule(upperMs * (0.5 + random() / 2), () => {
      retrying = false;
      if (!closed && openingCount === 0) void open();
    });
  };

  const lent = (): number => all.size - idle.length;

  const take = (askedAt: number, connection: Connection, trace: HolderTrace): Connection => {
    lendCount += 1;
    meter.waited(clock.monotonic() - askedAt, lent());
    holders.hold(connection, trace);
    for (const listener of listeners) listener.acquired?.(connection);
    return connection;
  };

  const refusal = (): DatabaseError | undefined => {
    if (closed) return new DatabaseError('DATABASE_CLOSED', 'The database was closed.');
    if (failure === undefined || all.size > 0) return undefined;
    const isFresh = clock.monotonic() - failedAt < FRESH_FAILURE_MS;
    if (isFresh && openingCount === 0) return toUnavailable(failure);
    // An older failure says little: the caller waits for one attempt of now, the same for all who ask meanwhile.
    if (openingCount === 0) void open();
    return undefined;
  };

  const takeIdle = (asIs: boolean): Connection | undefined => {
    const index = changes === undefined ? -1 : idle.findLastIndex(({ wire }) => changes.isChanged(wire) === asIs);
    return index === -1 ? idle.pop() : idle.splice(index, 1)[0];
  };

  /** Gives false when the session did not survive it. */
  const undo = async (connection: Connection): Promise<boolean> => {
    const { session, wire } = connection;
    if (changes?.isChanged(wire) !== true) return true;
    try {
      await session.send({ text: changes.toUndo(), values: [], prepare: false });
      changes.undone(wire);
      return true;
    } catch {
      // Cancelled or cut off: what is changed on it is not known any more.
      discard(connection);
      topUp();
      return false;
    }
  };

  const acquire = async ({ below, asIs = false }: BorrowOptions = {}): Promise<Connection> => {
    const trace = takeTrace(below);
    const askedAt = clock.monotonic();
    for (;;) {
      const refused = refusal();
      if (refused !== undefined) throw refused;
      used = true;
      let connection = takeIdle(asIs);
      if (connection === undefined) {
        const served = waiting.join();
        topUp();
        announce();
        connection = await served;
      } else announce();
      if (asIs || changes?.isChanged(connection.wire) !== true || (await undo(connection)))
        return take(askedAt, connection, trace);
    }
  };

  const giveBack = (connection: Connection, error: unknown): void => {
    meter.held(holders.letGo(connection));
    for (const listener of listeners) listener.released?.(connection, error);
  };

  const destroy = (connection: Connection, error?: unknown): void => {
    giveBack(connection, error);
    discard(connection);
    topUp();
  };

  const settle = (connection: Connection): void => {
    const expired = clock.monotonic() >= connection.expiresAt || all.size > limit;
    // A transaction that was left open would lend its locks and settings to the next caller.
    if (connection.broken || connection.condemned || closed || expired || !isIdle(connection)) {
      discard(connection);
      topUp();
    } else {
      hand(connection);
    }
  };

  const release = (connection: Connection): void => {
    giveBack(connection, undefined);
    // Statements that a borrower sent without waiting are finished before the next one gets the session.
    if (connection.broken) settle(connection);
    else connection.session.whenQuiet(() => settle(connection));
  };

  const upkeep = createPoolUpkeep(options, {
    all,
    idle,
    isOver: ({ wire }, idleMs) => changes?.isChanged(wire) === true && changes.isOver(idleMs),
    undo,
    retire(connection) {
      discard(connection);
      topUp();
    },
    restore(connection) {
      // To the front, among the longest idle: a sign of life is no use.
      if (closed) discard(connection);
      else if (!waiting.serve(connection)) idle.unshift(connection);
    },
    spareCount: () => all.size - Math.min(minConnections, limit),
    tick() {
      holders.report();
      topUp();
      announce();
    },
  });

  return {
    acquire,
    release,
    destroy,
    state,
    holders: () => holders.list(),
    get leakCount() {
      return holders.leakCount;
    },
    load: () => meter.load(),
    lastFailure: () => failure,
    renewStatements() {
      for (const { session } of all) session.renewStatements();
    },
    async acquireForSharing() {
      if (refusal() !== undefined) return undefined;
      if (idle.length === 0 && all.size + openingCount >= limit) return undefined;
      const connection = await acquire();
      holders.letGo(connection);
      return connection;
    },
    releaseShared: settle,
    hasIdle: () => idle.length > 0,
    setSharedIdleCount(count) {
      sharedIdleCount = count;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    resize(connectionCount) {
      limit = Math.min(maxConnections, Math.max(1, minConnections, Math.round(connectionCount)));
      for (const connection of idle.slice(0, Math.max(0, all.size - limit))) discard(connection);
      topUp();
      announce();
    },
    async lend(work, borrow) {
      const askedAt = clock.monotonic();
      const connection = await acquire(borrow);
      try {
        return await work(connection, clock.monotonic() - askedAt);
      } finally {
        release(connection);
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      upkeep.stop();
      waiting.failAll(new DatabaseError('DATABASE_CLOSED', 'The database was closed.'));
      const drained = new Promise<void>((resolve) => {
        onDrained = resolve;
      });
      for (const connection of idle.slice()) discard(connection);
      const deadline = clock.schedule(options.closeTimeoutMs, () => {
        for (const connection of all) {
          connection.session.lose(new Error('The database was closed while the connection was lent.'));
          discard(connection);
        }
      });
      if (all.size > 0) await drained;
      deadline.cancel();
    },
  };
}

function toUnavailable(cause: unknown): DatabaseError {
  return new DatabaseError('DATABASE_UNAVAILABLE', 'PostgreSQL cannot be reached.', { cause });
}

import type { FlatResult } from './stored-result.ts';

/** An answer that several processes may share. */
export interface SharedResult extends FlatResult {
  /** `pg_current_snapshot()` taken before the read was sent: the answer is at least as new. */
  readonly snapshot: string;
}

/**
 * A second tier behind the memory of one process, such as Redis. It may lose, delay and repeat what it is given: what it
 * returns is checked against the database's own transaction numbers. `set` must keep Date, Buffer and bigint as they are.
 */
export interface QuerySharedTier {
  get(key: string): Promise<SharedResult | undefined>;
  set(key: string, value: SharedResult): Promise<void>;
}

/** Which transactions a snapshot sees, after the documentation of PostgreSQL 18, 9.28.9: `xmin:xmax:xip_list`. */
export interface Snapshot {
  readonly text: string;
  /** Every transaction below is over. */
  readonly oldest: bigint;
  /** No transaction from here on had begun. */
  readonly next: bigint;
  readonly running: ReadonlySet<bigint>;
}

/** @returns undefined for a text that is no snapshot. */
export function parseSnapshot(text: string): Snapshot | undefined {
  const match = /^(\d+):(\d+):((?:\d+(?:,\d+)*)?)$/.exec(text);
  if (match === null) return undefined;
  const [, oldest = '', next = '', running = ''] = match;
  const list = running === '' ? [] : running.split(',');
  return { text, oldest: BigInt(oldest), next: BigInt(next), running: new Set(list.map(BigInt)) };
}

/** Whether the snapshot sees what `transaction` committed. */
export function sees({ oldest, next, running }: Snapshot, transaction: bigint): boolean {
  return transaction < oldest || (transaction < next && !running.has(transaction));
}

/** Transactions that wrote each table, as far as this process heard of them. Times are monotonic milliseconds. */
export interface WriterLog {
  /** @param transaction Undefined when its number is not known. */
  wrote(table: number, transaction: bigint | undefined, now: number): void;
  /** What was heard so far may be incomplete: nothing is valid until {@link complete}. */
  interrupt(now: number): void;
  /** Every writer up to `askedAt` is heard, and `snapshot` was taken after that: what began before is bounded by it. */
  complete(snapshot: Snapshot, askedAt: number): void;
  /** Whether an answer as of `snapshot` has every write to `tables` that this process knows or may have missed. */
  isValid(snapshot: Snapshot, tables: readonly number[]): boolean;
}

/** Older writers are folded into one bound that a snapshot must have passed as a whole. */
const MOST_WRITERS = 64;

interface TableWriters {
  /** Every transaction below it must be over. */
  bound: bigint;
  recent: bigint[];
  /** When a writer without a number was heard that no bound covers yet. */
  unboundedSince: number | undefined;
}

/** Creates a log that knows nothing yet. */
export function createWriterLog(): WriterLog {
  /** As `bound`, for all tables; undefined while the log is interrupted. */
  let since: bigint | undefined;
  let interruptedAt = Number.NEGATIVE_INFINITY;
  const tables = new Map<number, TableWriters>();
  return {
    wrote(table, transaction, now) {
      let log = tables.get(table);
      if (log === undefined) {
        log = { bound: 0n, recent: [], unboundedSince: undefined };
        tables.set(table, log);
      }
      if (transaction === undefined) log.unboundedSince = now;
      else if (log.recent.at(-1) !== transaction) log.recent.push(transaction);
      if (log.recent.length <= MOST_WRITERS) return;
      for (const old of log.recent.splice(0, MOST_WRITERS / 2)) if (old >= log.bound) log.bound = old + 1n;
    },
    interrupt(now) {
      since = undefined;
      interruptedAt = now;
    },
    complete(snapshot, askedAt) {
      if (askedAt <= interruptedAt) return;
      since ??= snapshot.next;
      for (const log of tables.values()) {
        if (log.unboundedSince === undefined || log.unboundedSince >= askedAt) continue;
        log.unboundedSince = undefined;
        log.bound = snapshot.next;
      }
    },
    isValid(snapshot, wanted) {
      if (since === undefined || snapshot.oldest < since) return false;
      return wanted.every((table) => {
        const log = tables.get(table);
        if (log === undefined) return true;
        if (log.unboundedSince !== undefined || snapshot.oldest < log.bound) return false;
        return log.recent.every((transaction) => sees(snapshot, transaction));
      });
    },
  };
}

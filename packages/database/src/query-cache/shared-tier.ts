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

/** Transactions that wrote each table, as far as this process heard of them. */
export interface WriterLog {
  wrote(table: number, transaction: bigint | undefined): void;
  /** What was heard so far may be incomplete: nothing is valid until {@link complete}. */
  interrupt(): void;
  /** From `snapshot` on every writer is heard; what it sees must be seen by whatever is valid. */
  complete(snapshot: Snapshot): void;
  /** Whether an answer as of `snapshot` has every write to `tables` that this process knows or may have missed. */
  isValid(snapshot: Snapshot, tables: readonly number[]): boolean;
}

/** Older writers are folded into one bound that a snapshot must have passed as a whole. */
const MOST_WRITERS = 64;

/** Creates a log that knows nothing yet. */
export function createWriterLog(): WriterLog {
  /** Every transaction before it must be over for a snapshot to count; undefined while the log is interrupted. */
  let since: bigint | undefined;
  const tables = new Map<number, { passed: bigint; recent: bigint[] }>();
  return {
    wrote(table, transaction) {
      let log = tables.get(table);
      if (log === undefined) {
        log = { passed: 0n, recent: [] };
        tables.set(table, log);
      }
      // A writer without a number cannot be looked for: only what begins after all that is heard now is newer.
      if (transaction === undefined) since = undefined;
      else if (log.recent.at(-1) !== transaction) log.recent.push(transaction);
      if (log.recent.length <= MOST_WRITERS) return;
      const folded = log.recent.splice(0, MOST_WRITERS / 2);
      log.passed = folded.reduce((most, one) => (one > most ? one : most), log.passed);
    },
    interrupt() {
      since = undefined;
    },
    complete(snapshot) {
      since ??= snapshot.next;
    },
    isValid(snapshot, wanted) {
      if (since === undefined || snapshot.oldest < since) return false;
      return wanted.every((table) => {
        const log = tables.get(table);
        return (
          log === undefined ||
          (snapshot.oldest > log.passed && log.recent.every((transaction) => sees(snapshot, transaction)))
        );
      });
    },
  };
}

import { openChannel, type Channel } from '../channel.ts';

/** What the query cache did with a statement. */
export type CacheVerdict = 'hit' | 'miss' | 'uncacheable' | 'bypass' | 'off';

/** One finished statement. Parameters never travel. */
export interface QueryEvent {
  /** Hash of the statement's shape, hexadecimal. */
  readonly fingerprint: string;
  /** The statement with its literals replaced by placeholders. */
  readonly statement: string;
  readonly durationMs: number;
  /** Part of `durationMs` spent waiting for a connection. */
  readonly waitMs: number;
  readonly rowCount: number;
  readonly verdict: CacheVerdict;
  readonly failed: boolean;
  /** Where in the caller's code the statement was sent from, `file:line`, when known. */
  readonly caller: string | undefined;
  /** Where that was called from, the nearest first, when known. */
  readonly callers?: readonly string[];
  /** When it was over, by the system's clock that never goes back; given by publishers that have just read it. */
  readonly endedAtMs?: number | undefined;
}

/** The pool at one moment; published at most once a second and at each change of state. */
export interface PoolEvent {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/** A connection held longer than the leak threshold. */
export interface LeakEvent {
  readonly heldMs: number;
  readonly lastStatement: string;
  readonly stack: string;
}

export interface QueryInvalidationEvent {
  readonly tables: readonly string[];
  readonly origin: 'own' | 'foreign' | 'schema' | 'channel-lost';
}

/** What the planner of the database intends for a statement's shape. */
export interface PlanEvent {
  readonly fingerprint: string;
  readonly statement: string;
  readonly scans: readonly PlannedScan[];
}

/** A table that a plan reads from its first to its last row in order to keep few of them. */
export interface PlannedScan {
  readonly table: string;
  /** Rows that the table holds, as the planner believes. */
  readonly tableRowCount: number;
  /** Rows that pass the scan's condition, as the planner believes. */
  readonly keptRowCount: number;
  /** The scan's condition as the planner prints it, without values. */
  readonly condition: string;
}

/** A statement that waits for a lock, seen at one look. */
export interface LockWaitEvent {
  readonly fingerprint: string;
  readonly statement: string;
  /** How long it has been waiting so far. */
  readonly waitMs: number;
  /** Table of the lock, when the lock is on a table or row. */
  readonly table: string | undefined;
  /** Shape of what the holder runs or ran last. */
  readonly blockingStatement: string;
  /** Sessions that wait for the same holder. */
  readonly waitingCount: number;
}

export const queries: Channel<QueryEvent> = openChannel('dataguardian:database.query');
export const poolStates: Channel<PoolEvent> = openChannel('dataguardian:database.pool');
export const poolLeaks: Channel<LeakEvent> = openChannel('dataguardian:database.leak');
export const queryInvalidations: Channel<QueryInvalidationEvent> = openChannel('dataguardian:database.invalidation');
export const statementPlans: Channel<PlanEvent> = openChannel('dataguardian:database.plan');
export const lockWaits: Channel<LockWaitEvent> = openChannel('dataguardian:database.lock-wait');

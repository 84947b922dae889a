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

export const queries: Channel<QueryEvent> = openChannel('dataguardian:database.query');
export const poolStates: Channel<PoolEvent> = openChannel('dataguardian:database.pool');
export const poolLeaks: Channel<LeakEvent> = openChannel('dataguardian:database.leak');
export const queryInvalidations: Channel<QueryInvalidationEvent> = openChannel('dataguardian:database.invalidation');

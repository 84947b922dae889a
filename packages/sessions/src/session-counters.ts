/** What happened to sessions since the start of the process. */
export interface SessionCounts {
  readonly started: number;
  readonly expired: number;
  readonly revoked: number;
  readonly evicted: number;
  readonly renewed: number;
  /** Reads that memory answered, that the database answered, and that only an outage's lease allowed. */
  readonly fromMemory: number;
  readonly fromDatabase: number;
  readonly fromLease: number;
}

/** The same, to be counted up. */
export type SessionCounters = { -readonly [Name in keyof SessionCounts]: number };

/** All at nothing. */
export function createSessionCounters(): SessionCounters {
  return { started: 0, expired: 0, revoked: 0, evicted: 0, renewed: 0, fromMemory: 0, fromDatabase: 0, fromLease: 0 };
}

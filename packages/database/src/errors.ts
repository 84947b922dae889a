/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type DatabaseErrorCode =
  | 'DATABASE_OPTIONS_INVALID'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_ACQUIRE_TIMEOUT'
  | 'DATABASE_CLOSED'
  | 'DATABASE_CONNECTION_LOST';

const HINTS: Record<DatabaseErrorCode, string> = {
  DATABASE_OPTIONS_INVALID: 'Correct the options named in the message.',
  DATABASE_UNAVAILABLE: 'Start PostgreSQL or correct the address; the pool connects again by itself.',
  DATABASE_ACQUIRE_TIMEOUT: 'Raise maxConnections, shorten what holds connections, or send fewer statements at once.',
  DATABASE_CLOSED: 'Create a new database; this one was closed.',
  DATABASE_CONNECTION_LOST: 'Whether the statement took effect is unknown; look before you repeat it.',
};

/** A failure of the pool. Errors of statements are those of `pg`, unchanged. `hint` says what to do about it. */
export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;
  readonly hint: string;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseError';
    this.code = code;
    this.hint = HINTS[code];
  }
}

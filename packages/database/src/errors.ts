/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type DatabaseErrorCode =
  | 'DATABASE_OPTIONS_INVALID'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_ACQUIRE_TIMEOUT'
  | 'DATABASE_CLOSED'
  | 'DATABASE_CONNECTION_LOST'
  | 'DATABASE_TRANSACTION_ABORTED'
  | 'DATABASE_INVALIDATION_REFUSED';

/** Meaning and remedy of each code; `docs/errors.md` shows this table. */
export const databaseErrors: Readonly<Record<DatabaseErrorCode, { readonly message: string; readonly hint: string }>> =
  {
    DATABASE_OPTIONS_INVALID: {
      message: 'An option is out of its range',
      hint: 'Correct the options named in the message.',
    },
    DATABASE_UNAVAILABLE: {
      message: 'PostgreSQL cannot be reached',
      hint: 'Start PostgreSQL or correct the address; the pool connects again by itself.',
    },
    DATABASE_ACQUIRE_TIMEOUT: {
      message: 'No connection became free in time',
      hint: 'Raise maxConnections, shorten what holds connections, or send fewer statements at once.',
    },
    DATABASE_CLOSED: { message: 'The database was closed', hint: 'Create a new database; this one was closed.' },
    DATABASE_CONNECTION_LOST: {
      message: 'The connection was lost during a statement',
      hint: 'Whether the statement took effect is unknown; look before you repeat it.',
    },
    DATABASE_TRANSACTION_ABORTED: {
      message: 'The transaction was rolled back because a statement in it had failed',
      hint: 'Let the error of the statement reach the transaction, or use a savepoint around what may fail.',
    },
    DATABASE_INVALIDATION_REFUSED: {
      message: 'The triggers of the query cache cannot be installed on this server',
      hint: 'Set max_prepared_transactions to 0 and restart the server, or leave the query cache off.',
    },
  };

/** A failure of the pool. Errors of statements are those of `pg`, unchanged. `hint` says what to do about it. */
export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;
  readonly hint: string;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseError';
    this.code = code;
    this.hint = databaseErrors[code].hint;
  }
}

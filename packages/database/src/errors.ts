/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type DatabaseErrorCode =
  | 'DATABASE_OPTIONS_INVALID'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_ACQUIRE_TIMEOUT'
  | 'DATABASE_CLOSED'
  | 'DATABASE_CONNECTION_LOST'
  | 'DATABASE_TRANSACTION_ABORTED'
  | 'DATABASE_INVALIDATION_REFUSED'
  | 'DATABASE_INDEX_UNKNOWN'
  | 'DATABASE_INDEX_BUSY'
  | 'DATABASE_INDEX_NO_SPACE'
  | 'DATABASE_INDEX_FAILED';

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
    DATABASE_INDEX_UNKNOWN: {
      message: 'No recommendation has that id',
      hint: 'Ask for recommendations again; they change with the workload.',
    },
    DATABASE_INDEX_BUSY: {
      message: 'An index cannot be built now: transactions or another build hold what it waits for',
      hint: 'End the transactions named in the message, or try again when the database is quieter.',
    },
    DATABASE_INDEX_NO_SPACE: {
      message: 'There is not enough room on the disk to build an index safely',
      hint: 'Free at least twice the size of the index, or drop indexes first.',
    },
    DATABASE_INDEX_FAILED: {
      message: 'Building or dropping an index failed; what it left behind was removed',
      hint: 'See the cause; the tables and their other indexes are as they were.',
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

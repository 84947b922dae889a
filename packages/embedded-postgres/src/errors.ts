/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type EmbeddedPostgresErrorCode =
  | 'EMBEDDED_POSTGRES_UNSUPPORTED'
  | 'EMBEDDED_POSTGRES_IN_USE'
  | 'EMBEDDED_POSTGRES_INIT_FAILED'
  | 'EMBEDDED_POSTGRES_START_FAILED'
  | 'EMBEDDED_POSTGRES_NO_ACCOUNT';

/** Meaning and remedy of each code; `docs/errors.md` shows this table. */
export const embeddedPostgresErrors: Readonly<
  Record<EmbeddedPostgresErrorCode, { readonly message: string; readonly hint: string }>
> = {
  EMBEDDED_POSTGRES_UNSUPPORTED: {
    message: 'There is no embedded PostgreSQL for this platform',
    hint: 'Point DATABASE_URL at a PostgreSQL 14-18 of yours, or run on Linux (glibc) or macOS, x64 or arm64.',
  },
  EMBEDDED_POSTGRES_IN_USE: {
    message: 'Another process runs the database in this data folder',
    hint: 'Stop the process that holds the data folder, or choose another DATAGUARDIAN_DATA_DIR.',
  },
  EMBEDDED_POSTGRES_INIT_FAILED: {
    message: 'The database files could not be created',
    hint: 'Check that the data folder is writable and has 100 MB free, then start again.',
  },
  EMBEDDED_POSTGRES_START_FAILED: {
    message: 'PostgreSQL did not start',
    hint: 'Read the server lines in the message; the data folder is left as it was.',
  },
  EMBEDDED_POSTGRES_NO_ACCOUNT: {
    message: 'There is no account that may run PostgreSQL',
    hint: 'PostgreSQL refuses to run as root. Create an account (useradd --system postgres) or start as another user.',
  },
};

/** A failure of the embedded server. `hint` says what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;
  readonly hint: string;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(`${message} ${embeddedPostgresErrors[code].hint}`, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
    this.hint = embeddedPostgresErrors[code].hint;
  }
}

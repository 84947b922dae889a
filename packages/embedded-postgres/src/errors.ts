/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type EmbeddedPostgresErrorCode =
  | 'EMBEDDED_POSTGRES_UNSUPPORTED'
  | 'EMBEDDED_POSTGRES_IN_USE'
  | 'EMBEDDED_POSTGRES_INIT_FAILED'
  | 'EMBEDDED_POSTGRES_START_FAILED'
  | 'EMBEDDED_POSTGRES_NO_ACCOUNT';

const HINTS: Record<EmbeddedPostgresErrorCode, string> = {
  EMBEDDED_POSTGRES_UNSUPPORTED:
    'Point DATABASE_URL at a PostgreSQL 14-18 of yours, or run on Linux (glibc) or macOS, x64 or arm64.',
  EMBEDDED_POSTGRES_IN_USE: 'Stop the process that holds the data folder, or choose another DATAGUARDIAN_DATA_DIR.',
  EMBEDDED_POSTGRES_INIT_FAILED: 'Check that the data folder is writable and has 100 MB free, then start again.',
  EMBEDDED_POSTGRES_START_FAILED: 'Read the server lines in the message; the data folder is left as it was.',
  EMBEDDED_POSTGRES_NO_ACCOUNT:
    'PostgreSQL refuses to run as root. Create an account (useradd --system postgres) or start as another user.',
};

/** A failure of the embedded server. `hint` says what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;
  readonly hint: string;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(`${message} ${HINTS[code]}`, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
    this.hint = HINTS[code];
  }
}

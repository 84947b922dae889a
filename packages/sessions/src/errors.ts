/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type SessionErrorCode =
  | 'SESSIONS_OPTIONS_INVALID'
  | 'SESSIONS_UNAVAILABLE'
  | 'SESSION_ENDED'
  | 'SESSION_CONFLICT'
  | 'SESSION_NOT_FRESH'
  | 'SESSION_DATA_TOO_LARGE'
  | 'ADMISSION_USER_QUEUE_FULL'
  | 'ADMISSION_OVERLOADED';

/** Meaning and remedy of each code; `docs/errors.md` shows this table. */
export const sessionErrors: Readonly<Record<SessionErrorCode, { readonly message: string; readonly hint: string }>> = {
  SESSIONS_OPTIONS_INVALID: {
    message: 'An option is out of its range',
    hint: 'Correct the options named in the message.',
  },
  SESSIONS_UNAVAILABLE: {
    message: 'The store of sessions does not answer',
    hint: 'Restore the database; running sessions are served from memory within their lease.',
  },
  SESSION_CONFLICT: {
    message: 'Others kept changing the session',
    hint: 'Try again, or write single fields with patch or increment, which never conflict.',
  },
  SESSION_ENDED: { message: 'The session has ended', hint: 'Sign in again.' },
  SESSION_NOT_FRESH: {
    message: 'The action needs a recent proof of who you are',
    hint: 'Give your password again, then repeat the action.',
  },
  SESSION_DATA_TOO_LARGE: {
    message: 'A session may hold 16 KiB of data',
    hint: 'Keep less in the session, and the rest in a table of your own.',
  },
  ADMISSION_USER_QUEUE_FULL: {
    message: 'Too many requests of this user wait',
    hint: 'Wait until earlier requests are answered, then try again.',
  },
  ADMISSION_OVERLOADED: { message: 'The server has too much to do', hint: 'Try again in a moment.' },
};

/** A failure of the session layer. `hint` says what to do about it. */
export class SessionError extends Error {
  readonly code: SessionErrorCode;
  readonly hint: string;

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SessionError';
    this.code = code;
    this.hint = sessionErrors[code].hint;
  }
}

/** The session's proof of identity is too old for what it asks. */
export class SessionNotFreshError extends SessionError {
  readonly statusCode = 403;

  constructor() {
    super('SESSION_NOT_FRESH', 'This needs a recent proof of who you are.');
    this.name = 'SessionNotFreshError';
  }
}

/** What went wrong, stable for programs. Meanings and remedies: docs/errors.md. */
export type SessionErrorCode = 'SESSIONS_OPTIONS_INVALID' | 'SESSIONS_UNAVAILABLE' | 'SESSION_ENDED';

const HINTS: Record<SessionErrorCode, string> = {
  SESSIONS_OPTIONS_INVALID: 'Correct the options named in the message.',
  SESSIONS_UNAVAILABLE: 'Restore the database; running sessions are served from memory within their lease.',
  SESSION_ENDED: 'Sign in again.',
};

/** A failure of the session layer. `hint` says what to do about it. */
export class SessionError extends Error {
  readonly code: SessionErrorCode;
  readonly hint: string;

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SessionError';
    this.code = code;
    this.hint = HINTS[code];
  }
}

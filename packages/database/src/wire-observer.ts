/** Transaction state that the server reports as it becomes ready: idle, in a transaction, in a failed one. */
export type WireStatus = 'I' | 'T' | 'E';

/** One session as an observer knows it; the same object from its opening to its loss. */
export interface Wire {
  /** Process id of the session's backend. */
  readonly backendId: number | undefined;
}

/**
 * Sees what passes over the sessions before their callers do.
 * Methods are called synchronously and must not throw.
 */
export interface WireObserver {
  /** Settings that every session starts with. */
  readonly startupSettings: Readonly<Record<string, string>>;
  opened(wire: Wire): void;
  /** A statement is handed to the session; several may be under way on a pipelined one. */
  statementSent(wire: Wire, text: string): void;
  /** The server says something beside a result. */
  noticeReceived(wire: Wire, message: string): void;
  /** A statement is done; called before its result reaches whoever sent it. */
  readyForQuery(wire: Wire, status: WireStatus): void;
  /** The session ended; what it had under way has an unknown outcome. */
  lost(wire: Wire): void;
}

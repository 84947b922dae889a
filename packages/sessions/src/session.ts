/** A signed-in person's session. Its data is reached through it and through nothing else. */
export interface Session {
  /** Public name: may be shown and logged, opens nothing. */
  readonly handle: string;
  readonly userId: string;
  readonly organisationId: string | undefined;
  readonly roles: readonly string[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds of the latest proof of who this is: for actions that need a fresh one. */
  readonly authenticatedAt: number;
  /** Whether the person proved who this is within the last `withinMs`. */
  isFresh(withinMs: number): boolean;
  /**
   * For sensitive actions: passes when the person proved who this is within the last `withinMs`.
   * @throws SessionError SESSION_NOT_FRESH, with statusCode 403
   */
  requireFresh(withinMs: number): void;
  /** The value of a field as this request sees it. */
  get(key: string): unknown;
  /**
   * Writes one field and leaves the others alone, so that parallel writes never lose each other.
   * @throws SessionError SESSION_ENDED
   */
  set(key: string, value: unknown): Promise<void>;
  /** Writes several fields at once and leaves the others alone. @throws SessionError SESSION_ENDED */
  patch(fields: Readonly<Record<string, unknown>>): Promise<void>;
  /**
   * Replaces all data by what `change` makes of it. Nobody writes in between: `change` runs again when somebody did.
   * @throws SessionError SESSION_ENDED, SESSION_CONFLICT
   */
  update(change: (data: Record<string, unknown>) => Record<string, unknown>): Promise<void>;
  /** Adds to a number, atomically over all processes. @throws SessionError SESSION_ENDED */
  increment(key: string, by?: number): Promise<number>;
}

/** One of a user's sessions, to be shown. */
export interface SessionSummary {
  readonly handle: string;
  readonly userAgent: string;
  readonly address: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

/** Who signs in, from where. */
export interface SessionStart {
  readonly userId: string;
  readonly organisationId?: string;
  readonly roles: readonly string[];
  readonly device: { readonly userAgent: string; readonly address: string };
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A session with the token that opens it: set it as a cookie and forget it. */
export interface OpenedSession {
  readonly session: Session;
  readonly token: string;
}

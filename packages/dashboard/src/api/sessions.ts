/** `GET /sessions` as a `Section`. */
export interface SessionsView {
  /** Live sessions, people with one, and sessions that this process holds in memory. */
  readonly now: { readonly live: number; readonly users: number; readonly inMemory: number };
  /** Who uses what now; heaviest first; at most 100. */
  readonly users: readonly UserConsumption[];
  readonly admission: AdmissionFigures | null;
  /** The check that no session sees another's data; `null` when it never ran. */
  readonly isolation: { readonly ok: boolean; readonly checkedAt: number; readonly detail: string } | null;
  /** Latest events, newest first; at most 100. */
  readonly events: readonly { readonly at: number; readonly kind: string; readonly user: string }[];
}

/** One person's use of the platform. */
export interface UserConsumption {
  readonly userId: string;
  /** What people call the user; the host's choice (an e-mail address or a name). */
  readonly name: string;
  readonly sessionCount: number;
  readonly lastSeenAt: number;
  readonly requestCount: number;
  /** `null` where the host does not measure it; also below. */
  readonly requestMs: number | null;
  readonly queryMs: number | null;
  /** On the event loop. */
  readonly cpuMs: number | null;
  readonly scanBytes: number | null;
  readonly memoryBytes: number | null;
  /** Sent and received. */
  readonly transferredBytes?: number;
  /** Share of the user's own limit that is in use, 0..1; `null` without a limit. */
  readonly limitRatio: number | null;
}

/** Admission control: who runs, waits and was refused; counts since the start. */
export interface AdmissionFigures {
  readonly running: number;
  readonly waiting: number;
  readonly users: number;
  readonly concurrency: number;
  readonly loopDelayMs: number;
  readonly admitted: number;
  readonly queued: number;
  readonly refusedUser: number;
  readonly shed: { readonly background: number; readonly interactive: number };
}

/**
 * `GET /sessions/users/:id` lists one user's sessions as `Items<DeviceSession>`;
 * `DELETE /sessions/:handle` ends one (204), `DELETE /sessions/users/:id` all of a user's (`{ endedCount }`).
 */
export interface DeviceSession {
  readonly handle: string;
  readonly userId: string;
  readonly userAgent: string;
  readonly address: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  /** The session that asks. */
  readonly isOwn: boolean;
}

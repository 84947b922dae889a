import { openChannel, type Channel } from '../channel.ts';

/** Something happened to one session. Identifiers are public handles, never tokens. */
export interface SessionEvent {
  readonly kind: 'started' | 'resumed' | 'rotated' | 'revoked' | 'expired' | 'evicted' | 'refused';
  readonly handle: string;
  readonly userId: string;
  readonly organisationId: string | undefined;
}

/** Admission control decided about one request. */
export interface AdmissionEvent {
  readonly decision: 'admitted' | 'queued' | 'shed';
  readonly kind: 'interactive' | 'background';
  readonly userId: string | undefined;
  /** Whom it is charged to, as a number of this process: tells people apart who are not signed in, and names nobody. */
  readonly account: number;
  readonly waitMs: number;
  readonly reason: string;
}

/** How many are signed in, told every half minute by each process to whoever listens. */
export interface SessionFiguresEvent {
  /** Live sessions and their users, over all processes. */
  readonly live: number;
  readonly users: number;
  readonly peak: number;
  /** Sessions in this process' memory, and what each holds there on average. */
  readonly inMemory: number;
  readonly bytesPerSession: number;
  readonly meanDurationMs: number;
  readonly startedPerMinute: number;
  readonly expiredPerMinute: number;
  readonly revokedPerMinute: number;
}

/** What one admitted request used; told when its answer is closed. */
export interface RequestCostEvent {
  readonly userId: string | undefined;
  readonly organisationId: string | undefined;
  /** As in {@link AdmissionEvent}. */
  readonly account: number;
  /** Time on the event loop. */
  readonly busyMs: number;
  /** Bytes read and written. */
  readonly bytes: number;
  readonly kind: 'interactive' | 'background';
  /** Time in the queue before it ran. */
  readonly waitMs: number;
  /** Time from its start to its close. */
  readonly heldMs: number;
}

export const sessionEvents: Channel<SessionEvent> = openChannel('dataguardian:sessions.session');
export const admissions: Channel<AdmissionEvent> = openChannel('dataguardian:sessions.admission');
export const sessionFigures: Channel<SessionFiguresEvent> = openChannel('dataguardian:sessions.figures');
export const requestCosts: Channel<RequestCostEvent> = openChannel('dataguardian:sessions.cost');

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
  readonly waitMs: number;
  readonly reason: string;
}

export const sessionEvents: Channel<SessionEvent> = openChannel('dataguardian:sessions.session');
export const admissions: Channel<AdmissionEvent> = openChannel('dataguardian:sessions.admission');

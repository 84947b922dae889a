import { openChannel, type Channel } from '../channel.ts';

/** One finished HTTP request. `route` is the pattern (`/api/scans/:id`), never the URL. */
export interface RequestEvent {
  readonly requestId: string;
  readonly method: string;
  readonly route: string;
  readonly statusCode: number;
  readonly durationMs: number;
  /** Response bytes sent, headers excluded. */
  readonly bytes: number;
  readonly userId: string | undefined;
  readonly organisationId: string | undefined;
  /** How many requests this event tells of: itself, and those before it that nobody looked at. @defaultValue 1 */
  readonly standsFor?: number;
}

export const requests: Channel<RequestEvent> = openChannel('dataguardian:http.request');

/** A release begins to serve in this process. */
export interface ReleaseEvent {
  readonly name: string;
}

export const releases: Channel<ReleaseEvent> = openChannel('dataguardian:release');

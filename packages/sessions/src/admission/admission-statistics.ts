import type { UserConsumption } from './usage-ledger.ts';

/**
 * How a request is treated: `free` holds no place and is never refused (sign-out, health, static files, streams,
 * uploads); `background` is refused first.
 */
export type AdmissionClass = 'free' | 'interactive' | 'background';

/** Figures of admission control; counts since the start. */
export interface AdmissionStatistics {
  readonly running: number;
  readonly waiting: number;
  /** Users with something running, waiting or owed. */
  readonly users: number;
  /** Requests that may run at once now. */
  readonly concurrency: number;
  /** How late the event loop is, smoothed. */
  readonly loopDelayMs: number;
  /** How long a newcomer would wait for others. */
  readonly expectedWaitMs: number;
  readonly admitted: number;
  /** Of the admitted, those that waited for others. */
  readonly queued: number;
  /** Refused because the user's own requests filled the queue (429). */
  readonly refusedUser: number;
  /** Refused because the user or the organisation has used up a budget (429). */
  readonly refusedBudget: number;
  /** Refused for the load of the server (503). */
  readonly shed: { readonly background: number; readonly interactive: number };
  /** Who used the event loop most, heaviest first. */
  readonly heaviest: readonly UserConsumption[];
}

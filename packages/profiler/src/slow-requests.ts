import type { RequestEvent } from '@dataguardian/telemetry';
import { createHeaviest } from './heaviest.ts';

/** One request that was slow or failed, kept for inspection. Nothing of its content is kept. */
export interface SlowRequest {
  readonly requestId: string;
  readonly method: string;
  readonly route: string;
  readonly statusCode: number;
  readonly durationMs: number;
  /** Epoch milliseconds at its end. */
  readonly at: number;
  /** Where its time went, by kind of wait, in milliseconds; absent when no trace of it was kept. */
  readonly breakdown?: Readonly<Record<string, number>>;
}

/** Keeps the slowest and the failed requests of the recent past. */
export interface SlowRequests {
  offer(event: RequestEvent, at: number): void;
  /** Slowest first. */
  list(): readonly SlowRequest[];
}

/** What is kept first: a failed one counts as ten times as slow. */
export function toSlowness(durationMs: number, hasFailed: boolean): number {
  return hasFailed ? durationMs * 10 : durationMs;
}

/** Keeps at most `capacity` requests that ended within `keepMs`, by {@link toSlowness}. */
export function createSlowRequests(capacity: number, keepMs: number): SlowRequests {
  const slowest = createHeaviest<SlowRequest>(capacity, keepMs);
  return {
    offer({ requestId, method, route, statusCode, durationMs }, at) {
      const request = { requestId, method, route, statusCode, durationMs, at };
      slowest.offer(request, toSlowness(durationMs, statusCode >= 500), at);
    },
    list: () => slowest.list(),
  };
}

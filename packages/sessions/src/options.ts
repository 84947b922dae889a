import { systemClock, type Clock } from '@dataguardian/telemetry';
import { SessionError } from './errors.ts';
import type { SessionDatabase } from './session-database.ts';

/** Settings of {@link createSessions}. Durations are in milliseconds. */
export interface SessionsOptions {
  readonly database: SessionDatabase;
  readonly clock?: Clock;
  /** A session ends after being unused for so long. @defaultValue 30 minutes */
  readonly idleTimeoutMs?: number;
  /** A session ends after so long, used or not. @defaultValue 12 hours */
  readonly absoluteTimeoutMs?: number;
  /** The one unused longest leaves when a user signs in beyond it. @defaultValue 5 */
  readonly perUserLimit?: number;
  /** For how long memory is trusted without asking the database. @defaultValue 5_000 */
  readonly leaseMs?: number;
  /** For how long memory is served while the database is away. @defaultValue 5 minutes */
  readonly outageLeaseMs?: number;
  /** Use is written to the database at most once per session in this time. @defaultValue 60_000 */
  readonly touchIntervalMs?: number;
  /** Sessions kept in memory; the one unused longest makes room. @defaultValue 100_000 */
  readonly memoryCapacity?: number;
}

/** Options with their defaults, checked. */
export type ResolvedSessionsOptions = Readonly<Required<SessionsOptions>>;

const MINUTE = 60_000;

/** @throws SessionError SESSIONS_OPTIONS_INVALID listing every problem. */
export function resolveSessionsOptions(options: SessionsOptions): ResolvedSessionsOptions {
  const resolved = {
    clock: systemClock,
    idleTimeoutMs: 30 * MINUTE,
    absoluteTimeoutMs: 12 * 60 * MINUTE,
    perUserLimit: 5,
    leaseMs: 5_000,
    outageLeaseMs: 5 * MINUTE,
    touchIntervalMs: MINUTE,
    memoryCapacity: 100_000,
    ...options,
  };
  const problems = (
    [
      'idleTimeoutMs',
      'absoluteTimeoutMs',
      'perUserLimit',
      'leaseMs',
      'outageLeaseMs',
      'touchIntervalMs',
      'memoryCapacity',
    ] as const
  )
    .filter((name) => !Number.isFinite(resolved[name]) || resolved[name] <= 0)
    .map((name) => `${name} must be above 0, not ${resolved[name]}`);
  if (problems.length > 0) throw new SessionError('SESSIONS_OPTIONS_INVALID', `${problems.join('; ')}.`);
  return Object.freeze(resolved);
}

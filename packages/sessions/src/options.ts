import { systemClock, type Clock } from '@dataguardian/telemetry';
import { SessionError } from './errors.ts';
import type { SessionDatabase } from './session-database.ts';
import type { SessionSharedTier } from './shared-tier.ts';

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
  /** A token is replaced by a new one after so long, at the next request; 0 never. @defaultValue 1 hour */
  readonly renewalIntervalMs?: number;
  /** A replaced token is good for so long after the new one was first used, for requests in flight. @defaultValue 30_000 */
  readonly renewalGraceMs?: number;
  /**
   * Folder in which sign-outs are kept that the database has not heard of, over restarts.
   * @defaultValue none: they are kept as long as the process lives
   */
  readonly journalFolder?: string;
  /** Asked while the database does not answer. @defaultValue none */
  readonly sharedTier?: SessionSharedTier;
  /** The log of what was done in a session is kept for so long after the last entry. @defaultValue 30 days */
  readonly activityRetentionMs?: number;
  /** Sessions kept in memory; the one unused longest makes room. @defaultValue 100_000 */
  readonly memoryCapacity?: number;
}

/** Options with their defaults, checked. */
export type ResolvedSessionsOptions = Readonly<
  Required<Omit<SessionsOptions, 'journalFolder' | 'sharedTier'>> &
    Pick<SessionsOptions, 'journalFolder' | 'sharedTier'>
>;

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
    renewalIntervalMs: 60 * MINUTE,
    renewalGraceMs: 30_000,
    activityRetentionMs: 30 * 24 * 60 * MINUTE,
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
      'activityRetentionMs',
      'memoryCapacity',
    ] as const
  )
    .filter((name) => !Number.isFinite(resolved[name]) || resolved[name] <= 0)
    .map((name) => `${name} must be above 0, not ${resolved[name]}`);
  for (const name of ['renewalIntervalMs', 'renewalGraceMs'] as const)
    if (!Number.isFinite(resolved[name]) || resolved[name] < 0)
      problems.push(`${name} must be 0 or more, not ${resolved[name]}`);
  if (problems.length > 0) throw new SessionError('SESSIONS_OPTIONS_INVALID', `${problems.join('; ')}.`);
  return Object.freeze(resolved);
}

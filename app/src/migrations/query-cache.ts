import { DatabaseError, type Database } from '@dataguardian/performance';

/**
 * Tables whose answers people ask for again and again. What holds secrets or is written with every request is left out:
 * sessions, staged findings, the audit log. They tell whose rows were written, so that one organisation's scan leaves
 * what others have in memory.
 */
const TABLES = [
  'organisations',
  'users',
  'scans',
  'scan_shares',
  'scan_chunks',
  'findings',
  'skipped_items',
  'organisation_settings',
  // Lists of users say who has one. Secrets and codes are read in transactions, which memory never answers.
  'second_factors',
] as const;
const KEYS = Object.fromEntries(
  TABLES.map((table) => [table, { only: [table === 'organisations' ? 'id' : 'organisation_id'] }]),
);
/** Below the time after which PostgreSQL looks for deadlocks: whoever writes meanwhile is never the one to give way. */
const LOCK_TIMEOUT_MS = 500;
const ATTEMPTS = 5;
const PAUSE_MS = 300;

/** Whether the platform's tables announce their writes, and if not, why. */
export type QueryCacheSetup = { readonly isInstalled: true } | { readonly isInstalled: false; readonly reason: string };

/**
 * Lets the platform's tables announce their writes, as their owner; harmless to repeat, and repeated at each start, so
 * that a new release brings its own triggers. No step of the migrations: a server on which it cannot be done works as
 * well, with every read answered by the database.
 */
export async function installQueryCache(
  owner: Database,
  sleep: (ms: number) => Promise<void>,
): Promise<QueryCacheSetup> {
  for (let attempt = 1; ; attempt++) {
    try {
      await owner.installInvalidation({
        tables: TABLES,
        keys: KEYS,
        lockTimeoutMs: LOCK_TIMEOUT_MS,
      });
      return { isInstalled: true };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!REFUSALS.has(code) && !BUSY.has(code)) throw error;
      if (REFUSALS.has(code) || attempt === ATTEMPTS)
        return { isInstalled: false, reason: error instanceof Error ? error.message : String(error) };
      await sleep(PAUSE_MS * attempt);
    }
  }
}

/** The server does not allow it: two-phase commit, or an owner without CREATE on the database. */
const REFUSALS = new Set<string>(['DATABASE_INVALIDATION_REFUSED' satisfies DatabaseError['code'], '42501']);
/** Somebody writes: lock_not_available, deadlock_detected, query_canceled. */
const BUSY = new Set(['55P03', '40P01', '57014']);

import { DatabaseError } from '@dataguardian/performance';
import { createFirstAdministrator, type FirstAdministrator } from '../features/accounts/first-run.ts';
import { installQueryCache } from '../migrations/query-cache.ts';
import { registerPlatformIndexes } from '../migrations/platform-indexes.ts';
import { migrate, MigrationError } from '../migrations/runner.ts';
import type { AppContext } from './context.ts';
import type { Startup } from './startup.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/**
 * Migrates and makes the first administrator, waiting for a database that is away.
 * @throws MigrationError, and any error that waiting does not cure.
 */
export function bringUp(
  context: AppContext,
  startup: Startup,
  signal: AbortSignal,
): Promise<FirstAdministrator | undefined> {
  const { ownerConnectionString, ownerDatabase, config, clock, log } = context;
  const prepare = async (): Promise<FirstAdministrator | undefined> => {
    startup.report('preparing the database');
    const { applied } = await migrate(ownerConnectionString);
    if (applied.length > 0) log.info({ applied }, 'the schema was brought up to date');
    const setup = await installQueryCache(ownerDatabase, (ms) => clock.sleep(ms, signal));
    if (!setup.isInstalled)
      log.warn({ reason: setup.reason }, 'the query cache is not set up: every read goes to the database');
    await registerPlatformIndexes(ownerDatabase).catch((error: unknown) => {
      log.warn({ err: error }, 'the indexes of the schema are not in the manifest of the index advisor');
    });
    return createFirstAdministrator(ownerDatabase, config);
  };
  return whenDatabaseAnswers(context, prepare, { signal, onWait: () => startup.report('waiting for the database') });
}

/** How {@link whenDatabaseAnswers} waits. */
export interface WaitOptions {
  readonly signal: AbortSignal;
  readonly onWait?: () => void;
}

/**
 * Does `work`, again and again with growing pauses while the database is away.
 * @throws whatever waiting does not cure.
 */
export async function whenDatabaseAnswers<Result>(
  { log, clock }: AppContext,
  work: () => Promise<Result>,
  { signal, onWait }: WaitOptions,
): Promise<Result> {
  for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      onWait?.();
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'waiting for the database');
      await clock.sleep(delayMs, signal);
    }
  }
}

const AWAY = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P03',
  '57P01',
  '53300',
]);

function isAway(error: unknown): boolean {
  if (error instanceof MigrationError) return isAway(error.cause);
  if (error instanceof DatabaseError) return error.code !== 'DATABASE_OPTIONS_INVALID';
  if (error instanceof AggregateError) return error.errors.some(isAway);
  if (!(error instanceof Error)) return false;
  return (
    ('code' in error && AWAY.has(String(error.code))) || /timeout|terminated|Connection ended/i.test(error.message)
  );
}

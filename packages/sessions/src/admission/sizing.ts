import { SessionError } from '../errors.ts';

/** For how many people, on what machine. */
export interface SizingInput {
  /** People who work at the same time. */
  readonly expectedUsers: number;
  /** Processor cores for this process. @example os.availableParallelism() */
  readonly cores: number;
  /** Memory for this process, in bytes. @example os.totalmem() / 4 */
  readonly memoryBytes: number;
}

/** Limits that fit, each with its reason. Spread it into the options of admission and sessions. */
export interface Sizing {
  readonly concurrency: number;
  readonly minimumConcurrency: number;
  readonly perUserRunning: number;
  readonly perUserWaiting: number;
  readonly perOrganisationRunning: number;
  readonly perOrganisationWaiting: number;
  readonly totalWaiting: number;
  /** Sessions that memory holds. */
  readonly memoryCapacity: number;
  readonly reasons: Readonly<Record<Exclude<keyof Sizing, 'reasons'>, string>>;
}

/** Requests spend most of their time waiting for the database: so many of them keep one core busy. */
const REQUESTS_PER_CORE = 32;
/** A browser opens six connections to a host; a page that loads must not queue behind itself for long. */
const BROWSER_CONNECTIONS = 6;
const SESSIONS_PER_USER = 5;
/** Measured: docs/benchmarks/sessions.md. */
const SESSION_BYTES = 1_024;
const MEMORY_SHARE = 0.1;

/**
 * Sizes admission and session memory for a number of people.
 * @throws SessionError SESSIONS_OPTIONS_INVALID
 */
export function sizeForUsers({ expectedUsers, cores, memoryBytes }: SizingInput): Sizing {
  if (![expectedUsers, cores, memoryBytes].every((value) => Number.isFinite(value) && value >= 1))
    throw new SessionError('SESSIONS_OPTIONS_INVALID', 'expectedUsers, cores and memoryBytes must be 1 or more.');
  const concurrency = Math.ceil(REQUESTS_PER_CORE * cores);
  const totalWaiting = Math.max(200, Math.ceil(expectedUsers * 2));
  const perUserRunning = Math.max(2, Math.min(BROWSER_CONNECTIONS, Math.floor(concurrency / 8)));
  const wanted = Math.ceil(expectedUsers * SESSIONS_PER_USER * 2);
  const affordable = Math.floor((memoryBytes * MEMORY_SHARE) / SESSION_BYTES);
  return {
    concurrency,
    minimumConcurrency: Math.max(4, Math.ceil(concurrency / 8)),
    perUserRunning,
    perUserWaiting: 64,
    perOrganisationRunning: Math.max(perUserRunning, Math.ceil(concurrency * 0.75)),
    perOrganisationWaiting: Math.ceil(totalWaiting / 2),
    totalWaiting,
    memoryCapacity: Math.max(1_000, Math.min(wanted, affordable)),
    reasons: {
      concurrency: `${REQUESTS_PER_CORE} requests keep one of ${cores} cores busy while most of them wait for the database.`,
      minimumConcurrency:
        'However late the event loop is, so many wait for the database, which has nothing to do otherwise.',
      perUserRunning: `A browser opens ${BROWSER_CONNECTIONS} connections; an eighth of everything is the most for one person.`,
      perUserWaiting: 'A page asks for less; more is a program, which is told to wait.',
      perOrganisationRunning: 'A quarter of the server stays free of the busiest organisation.',
      perOrganisationWaiting: 'Half of the queue stays free of the busiest organisation.',
      totalWaiting: `Two requests of each of ${expectedUsers} people; what would wait too long is refused before that.`,
      memoryCapacity:
        wanted <= affordable
          ? `${SESSIONS_PER_USER} sessions each of twice ${expectedUsers} people, at ${SESSION_BYTES} bytes.`
          : `A tenth of the memory, at ${SESSION_BYTES} bytes a session; the others are read from the database.`,
    },
  };
}

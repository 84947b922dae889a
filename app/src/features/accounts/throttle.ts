import { createHmac } from 'node:crypto';
import type { Database } from '@dataguardian/performance';
import type { Clock } from '@dataguardian/telemetry';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../../server/problem.ts';
import { deriveKey } from '../../server/secret.ts';

/** Slows down whoever guesses passwords. */
export interface SignInThrottle {
  /**
   * Runs one attempt to prove who somebody is. A success forgets the account's failures from that address; only a wrong
   * password counts, so that an outage locks nobody out.
   * @throws Problem 429 with the time to wait.
   */
  attempt<Result>(who: SignInAttempt, work: () => Promise<Result>): Promise<Result>;
}

/** A throttle that counts in the database. */
export interface SharedThrottle extends SignInThrottle {
  /** Removes what is over. Never fails. */
  sweep(): Promise<void>;
}

/** Who tries, from where. */
export interface SignInAttempt {
  /** The address that was typed, or the id of who is signed in. */
  readonly account: string;
  /** Absent: counted for the account alone, from wherever it is tried. */
  readonly address?: string;
}

const WINDOW_SECONDS = 15 * 60;
const PER_ACCOUNT_AND_ADDRESS = 10;
/** Failures of all accounts: a house behind one address must still get in. */
const PER_ADDRESS = 100;
const TABLE = 'sign_in_attempts';
const WRONG = new Set(['SIGN_IN_FAILED', 'PASSWORD_WRONG', 'SECOND_FACTOR_WRONG']);

type Counter = Pick<RateLimiterMemory, 'get' | 'consume' | 'delete' | 'penalty' | 'reward'>;

/** Counts in this process alone. */
export function createSignInThrottle(): SignInThrottle {
  return throttleBy({
    pair: new RateLimiterMemory({ points: PER_ACCOUNT_AND_ADDRESS, duration: WINDOW_SECONDS }),
    single: new RateLimiterMemory({ points: PER_ADDRESS, duration: WINDOW_SECONDS }),
    keyOf: (text) => text,
  });
}

/** Counts over all processes, in the database; in this process while the database is away. It holds hashes only. */
export function createSharedThrottle(options: {
  readonly database: Database;
  readonly secret: string;
  readonly clock: Pick<Clock, 'now'>;
}): SharedThrottle {
  const { database, clock } = options;
  const key = deriveKey(options.secret, 'sign-in-attempts');
  const counter = (keyPrefix: string, points: number): Counter =>
    new RateLimiterPostgres({
      storeClient: database.asPgPool(),
      storeType: 'pool',
      tableName: TABLE,
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix,
      points,
      duration: WINDOW_SECONDS,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix, points, duration: WINDOW_SECONDS }),
    });
  return {
    ...throttleBy({
      pair: counter('pair', PER_ACCOUNT_AND_ADDRESS),
      single: counter('single', PER_ADDRESS),
      keyOf: (text) => createHmac('sha256', key).update(text).digest('base64url'),
    }),
    async sweep() {
      await database.query(`delete from ${TABLE} where expire < $1`, [clock.now()]).catch(() => undefined);
    },
  };
}

function throttleBy(options: {
  readonly pair: Counter;
  readonly single: Counter;
  readonly keyOf: (text: string) => string;
}): SignInThrottle {
  const { pair, single, keyOf } = options;
  return {
    async attempt({ account, address }, work) {
      const pairKey = keyOf(`${account} ${address ?? 'anywhere'}`);
      const addressKey = address === undefined ? undefined : keyOf(address);
      const failures = addressKey === undefined ? null : await single.get(addressKey);
      if (failures !== null && failures.consumedPoints >= PER_ADDRESS) throw tooMany(failures);
      try {
        // Counted before the answer is known: parallel guesses must not slip through.
        await pair.consume(pairKey);
      } catch (refusal) {
        throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
      }
      try {
        const result = await work();
        await pair.delete(pairKey);
        return result;
      } catch (error) {
        if (!(error instanceof Problem && WRONG.has(error.code))) await pair.reward(pairKey);
        else if (addressKey !== undefined) await single.penalty(addressKey);
        throw error;
      }
    },
  };
}

function tooMany({ msBeforeNext }: RateLimiterRes): Problem {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  return new Problem(429, {
    code: 'TOO_MANY_TRIES',
    title: 'Too many tries',
    detail: 'There were too many attempts to sign in.',
    hint: `Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes, or ask an administrator for a new password.`,
    retryAfterSeconds,
  });
}

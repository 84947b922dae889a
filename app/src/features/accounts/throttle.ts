import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../../server/problem.ts';

/** Slows down whoever guesses passwords. */
export interface SignInThrottle {
  /**
   * Runs one attempt to sign in. A success forgets the account's failures from that address; only a wrong password
   * counts, so that an outage locks nobody out.
   * @throws Problem 429 with the time to wait.
   */
  attempt<Result>(who: SignInAttempt, work: () => Promise<Result>): Promise<Result>;
}

/** Who tries, from where. */
export interface SignInAttempt {
  readonly email: string;
  readonly address: string;
}

const WINDOW_SECONDS = 15 * 60;
const PER_ACCOUNT_AND_ADDRESS = 10;
/** Failures of all accounts: a house behind one address must still get in. */
const PER_ADDRESS = 100;

/** Counts in this process, per account and address, and per address. */
export function createSignInThrottle(): SignInThrottle {
  const pair = new RateLimiterMemory({ points: PER_ACCOUNT_AND_ADDRESS, duration: WINDOW_SECONDS });
  const single = new RateLimiterMemory({ points: PER_ADDRESS, duration: WINDOW_SECONDS });
  return {
    async attempt({ email, address }, work) {
      const key = `${email} ${address}`;
      const failures = await single.get(address);
      if (failures !== null && failures.consumedPoints >= PER_ADDRESS) throw tooMany(failures);
      try {
        // Counted before the answer is known: parallel guesses must not slip through.
        await pair.consume(key);
      } catch (refusal) {
        throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
      }
      try {
        const result = await work();
        await pair.delete(key);
        return result;
      } catch (error) {
        if (error instanceof Problem && error.code === 'SIGN_IN_FAILED') await single.penalty(address);
        else await pair.reward(key);
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

import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../../server/problem.ts';

/** Slows down whoever guesses passwords. */
export interface SignInThrottle {
  /** @throws Problem 429 with the time to wait. */
  admit(email: string, address: string): Promise<void>;
  /** A success clears the account's count from that address. */
  forgive(email: string, address: string): Promise<void>;
}

const WINDOW_SECONDS = 15 * 60;
const PER_ACCOUNT_AND_ADDRESS = 10;
/** A house behind one address must still get in. */
const PER_ADDRESS = 100;

/** Counts tries in this process, per account and address, and per address. */
export function createSignInThrottle(): SignInThrottle {
  const pair = new RateLimiterMemory({ points: PER_ACCOUNT_AND_ADDRESS, duration: WINDOW_SECONDS });
  const single = new RateLimiterMemory({ points: PER_ADDRESS, duration: WINDOW_SECONDS });
  const key = (email: string, address: string): string => `${email} ${address}`;
  return {
    async admit(email, address) {
      try {
        await single.consume(address);
        await pair.consume(key(email, address));
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
        throw new Problem(429, {
          code: 'TOO_MANY_TRIES',
          title: 'Too many tries',
          detail: 'There were too many attempts to sign in.',
          hint: `Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes, or ask an administrator for a new password.`,
          retryAfterSeconds,
        });
      }
    },
    async forgive(email, address) {
      await pair.delete(key(email, address));
    },
  };
}

import { describe, expect, it } from 'vitest';
import { createSignInThrottle } from '../src/features/accounts/throttle.ts';
import { Problem } from '../src/server/problem.ts';

const failing = (): Promise<never> =>
  Promise.reject(new Problem(401, { code: 'SIGN_IN_FAILED', title: 'Signing in failed' }));
const broken = (): Promise<never> => Promise.reject(new Problem(503, { code: 'UNAVAILABLE', title: 'Away' }));
const right = (): Promise<string> => Promise.resolve('welcome');

async function codes(count: number, attempt: (index: number) => Promise<unknown>): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  for (let index = 0; index < count; index++) {
    const code = await attempt(index).then(
      () => 'in',
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    );
    outcomes[code] = (outcomes[code] ?? 0) + 1;
  }
  return outcomes;
}

describe('guessing', () => {
  const who = { account: 'a@example.org', address: '192.0.2.1' };

  it('ends after ten tries for one account from one address, for that pair alone', async () => {
    const throttle = createSignInThrottle();
    expect(await codes(12, () => throttle.attempt(who, failing))).toEqual({ SIGN_IN_FAILED: 10, TOO_MANY_TRIES: 2 });
    await expect(throttle.attempt(who, right)).rejects.toMatchObject({ code: 'TOO_MANY_TRIES', statusCode: 429 });
    expect(await throttle.attempt({ ...who, address: '192.0.2.2' }, right)).toBe('welcome');
    expect(await throttle.attempt({ ...who, account: 'b@example.org' }, right)).toBe('welcome');
  });

  it('cannot be hidden in parallel tries', async () => {
    const throttle = createSignInThrottle();
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => throttle.attempt(who, failing)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason.statusCode === 429);
    expect(refused).toHaveLength(20);
  });

  it('ends after a hundred failures of any accounts from one address', async () => {
    const throttle = createSignInThrottle();
    const attempt = (index: number) => throttle.attempt({ ...who, account: `${index}@example.org` }, failing);
    expect(await codes(110, attempt)).toEqual({ SIGN_IN_FAILED: 100, TOO_MANY_TRIES: 10 });
  });

  it('is forgotten with a success, and neither successes nor outages count', async () => {
    const throttle = createSignInThrottle();
    await codes(9, () => throttle.attempt(who, failing));
    await throttle.attempt(who, right);
    expect(await codes(200, () => throttle.attempt(who, right))).toEqual({ in: 200 });
    expect(await codes(20, () => throttle.attempt(who, broken))).toEqual({ UNAVAILABLE: 20 });
    expect(await codes(9, () => throttle.attempt(who, failing))).toEqual({ SIGN_IN_FAILED: 9 });
  });
});

import { describe, expect, it } from 'vitest';
import { generatePassword, hashPassword, isOutdatedHash, verifyPassword } from '../src/features/accounts/password.ts';

describe('a password', () => {
  it('is stored with its scheme and cost, under a salt of its own', async () => {
    const [one, two] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
    expect(one).toMatch(/^\$(?:argon2id\$m=19456,t=2,p=1|scrypt\$ln=17,r=8,p=1)\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(two);
    expect(isOutdatedHash(one)).toBe(false);
  });

  it('is recognised, and no other is', async () => {
    const stored = await hashPassword('correct horse');
    expect(await verifyPassword('correct horse', stored)).toBe(true);
    expect(await verifyPassword('correct horsf', stored)).toBe(false);
  });

  it('is the same however its letters are composed', async () => {
    expect(await verifyPassword('cafe\u0301 creme', await hashPassword('caf\u00e9 creme'))).toBe(true);
  });

  it('is recognised under a former cost, which is then outdated', async () => {
    const { scryptSync } = await import('node:crypto');
    const salt = Buffer.alloc(16, 7);
    const hash = scryptSync('correct horse', salt, 32, { N: 1024, r: 8, p: 1 });
    const stored = `$scrypt$ln=10,r=8,p=1$${salt.toString('base64url')}$${hash.toString('base64url')}`;
    expect(await verifyPassword('correct horse', stored)).toBe(true);
    expect(isOutdatedHash(stored)).toBe(true);
  });

  it.each(['', 'none', '$md5$x$y$z', '$argon2id$m=1$x'])('never matches what is no hash: "%s"', async (stored) => {
    expect(await verifyPassword('anything', stored)).toBe(false);
  });

  it('that is generated can be read out, and is never the same', () => {
    const made = new Set(Array.from({ length: 100 }, generatePassword));
    expect(made.size).toBe(100);
    for (const password of made) expect(password).toMatch(/^(?:[a-hjkmnp-z2-9]{5}-){4}[a-hjkmnp-z2-9]{5}$/);
  });
});

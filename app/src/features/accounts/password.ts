import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

/** Stored as `$argon2id$…` or `$scrypt$…`: parameters, salt and hash, each base64url. */
interface Scheme {
  readonly name: 'argon2id' | 'scrypt';
  derive(password: string, salt: Buffer): Promise<Buffer>;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MOST_AT_ONCE = 2;

/** OWASP Password Storage cheat sheet (2025): argon2id with 19 MiB, two passes, one lane. */
const ARGON2 = { memory: 19_456, passes: 2, parallelism: 1, tagLength: HASH_BYTES };

/** The same source, for runtimes without argon2: N = 2^17, r = 8, p = 1. */
const SCRYPT = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

const deriveScrypt = promisify<string, Buffer, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

const scrypt: Scheme = {
  name: 'scrypt',
  derive: (password, salt) => deriveScrypt(password, salt, HASH_BYTES, SCRYPT),
};

/** Node has it from 24.7 on. */
const argon2id: Scheme | undefined =
  typeof crypto.argon2 === 'function'
    ? {
        name: 'argon2id',
        derive: (password, salt) =>
          new Promise((resolve, reject) => {
            crypto.argon2('argon2id', { ...ARGON2, message: password, nonce: salt }, (error, hash) =>
              error === null ? resolve(hash) : reject(error),
            );
          }),
      }
    : undefined;

let running = 0;
const queue: (() => void)[] = [];

/** Hashing is dear on purpose: a crowd that signs in at once must not take every thread of the pool. */
async function takeTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    queue.shift()?.();
  }
}

/** Hashes a password for storage, off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const scheme = argon2id ?? scrypt;
  const salt = crypto.randomBytes(SALT_BYTES);
  const hash = await takeTurn(() => scheme.derive(password.normalize('NFKC'), salt));
  return `$${scheme.name}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** Whether `password` is the one that was hashed; takes the same time either way. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, name, salt, hash] = stored.split('$');
  const scheme = [argon2id, scrypt].find((candidate) => candidate?.name === name);
  if (scheme === undefined || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const given = await takeTurn(() => scheme.derive(password.normalize('NFKC'), Buffer.from(salt, 'base64url')));
  return given.length === expected.length && crypto.timingSafeEqual(given, expected);
}

/** A password that a person can copy once: 120 random bits in groups of five. */
export function generatePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const letters = Array.from({ length: 25 }, () => alphabet[crypto.randomInt(alphabet.length)]);
  return Array.from({ length: 5 }, (_, group) => letters.slice(group * 5, group * 5 + 5).join('')).join('-');
}

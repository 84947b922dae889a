import * as crypto from 'node:crypto';
import { promisify } from 'node:util';
import { unavailable } from '../../server/problem.ts';

/** Stored in PHC form: `$argon2id$m=19456,t=2,p=1$<salt>$<hash>`, the last two in base64url. */
interface Scheme {
  readonly name: 'argon2id' | 'scrypt';
  /** Present-day cost; older hashes carry their own. */
  readonly cost: string;
  derive(password: string, salt: Buffer, cost: ReadonlyMap<string, number>): Promise<Buffer>;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MOST_AT_ONCE = 2;
const LARGEST_MEMORY_BYTES = 256 * 1024 * 1024;

const deriveScrypt = promisify<string, Buffer, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

/** OWASP Password Storage cheat sheet (2025) for runtimes without argon2: N = 2^17, r = 8, p = 1. */
const scrypt: Scheme = {
  name: 'scrypt',
  cost: 'ln=17,r=8,p=1',
  derive: (password, salt, cost) =>
    deriveScrypt(password, salt, HASH_BYTES, {
      N: 2 ** (cost.get('ln') ?? 17),
      r: cost.get('r') ?? 8,
      p: cost.get('p') ?? 1,
      maxmem: LARGEST_MEMORY_BYTES,
    }),
};

/** The same source: 19 MiB, two passes, one lane. Node has it from 24.7 on. */
const argon2id: Scheme | undefined =
  typeof crypto.argon2 === 'function'
    ? {
        name: 'argon2id',
        cost: 'm=19456,t=2,p=1',
        derive: (password, salt, cost) =>
          new Promise((resolve, reject) => {
            const parameters = {
              message: password,
              nonce: salt,
              memory: cost.get('m') ?? 19_456,
              passes: cost.get('t') ?? 2,
              parallelism: cost.get('p') ?? 1,
              tagLength: HASH_BYTES,
            };
            crypto.argon2('argon2id', parameters, (error, hash) => (error === null ? resolve(hash) : reject(error)));
          }),
      }
    : undefined;

const current = argon2id ?? scrypt;

let running = 0;
const queue: (() => void)[] = [];

/** Hashing is dear on purpose: a crowd that signs in at once must not take every thread of the pool. */
async function takeTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running < MOST_AT_ONCE) running += 1;
  // Whoever finishes hands the turn over without giving it back in between.
  else await new Promise<void>((resolve) => queue.push(resolve));
  try {
    return await work();
  } finally {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** Hashes a password for storage, off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const { name, cost } = current;
  const salt = crypto.randomBytes(SALT_BYTES);
  const hash = await takeTurn(() => current.derive(password.normalize('NFKC'), salt, parseCost(cost)));
  return `$${name}$${cost}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/**
 * Whether `password` is the one that was hashed; takes the same time either way.
 * @throws Problem 503 when the hash was made by a scheme that this runtime lacks.
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, name, cost, salt, hash] = stored.split('$');
  if (cost === undefined || salt === undefined || hash === undefined) return false;
  const scheme = [argon2id, scrypt].find((candidate) => candidate?.name === name);
  if (scheme === undefined) {
    if (name === 'argon2id') throw unavailable('Passwords were stored by a newer Node than this server runs on.', 600);
    return false;
  }
  const expected = Buffer.from(hash, 'base64url');
  const saltBytes = Buffer.from(salt, 'base64url');
  const given = await takeTurn(() => scheme.derive(password.normalize('NFKC'), saltBytes, parseCost(cost)));
  return given.length === expected.length && crypto.timingSafeEqual(given, expected);
}

/** Whether a right password should be hashed again, because today's scheme or cost is another. */
export function isOutdatedHash(stored: string): boolean {
  return !stored.startsWith(`$${current.name}$${current.cost}$`);
}

function parseCost(cost: string): ReadonlyMap<string, number> {
  return new Map(cost.split(',').map((part) => [part.split('=')[0] ?? '', Number(part.split('=')[1])]));
}

/** A password that a person can copy once: about 124 random bits in groups of five. */
export function generatePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const letters = Array.from({ length: 25 }, () => alphabet[crypto.randomInt(alphabet.length)]);
  return Array.from({ length: 5 }, (_, group) => letters.slice(group * 5, group * 5 + 5).join('')).join('-');
}

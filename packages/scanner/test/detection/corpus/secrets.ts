import type { SeededRandom } from '@dataguardian/testing';
import type { Makers } from './document.ts';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Characters drawn from an alphabet. */
export function draw(random: SeededRandom, alphabet: string, count: number): string {
  return Array.from({ length: count }, () => alphabet[random.integer(0, alphabet.length - 1)]).join('');
}

function join(...parts: readonly string[]): string {
  return parts.join('');
}

/** Secrets, put together at run time so that no scanner of this repository finds one in its source. */
export function secretMakers(random: SeededRandom): Makers {
  const hex = (count: number): string => draw(random, '0123456789abcdef', count);
  const any = (count: number): string => draw(random, ALPHANUMERIC, count);
  return {
    SECRET_AWS: () => join('AK', 'IA', draw(random, BASE32, 16)),
    'SECRET_AWS.secret': () => draw(random, `${ALPHANUMERIC}+/`, 40),
    SECRET_GITHUB: () => join('gh', 'p_', any(36)),
    SECRET_GITLAB: () => join('gl', 'pat-', any(20)),
    SECRET_SLACK: () =>
      join('xo', 'xb-', draw(random, '123456789', 12), '-', draw(random, '123456789', 12), '-', any(24)),
    SECRET_STRIPE: () => join('sk', '_live_', any(24)),
    SECRET_NPM: () => join('np', 'm_', any(36)),
    SECRET_GENERIC: () => random.pick([any(32), hex(40), any(24)]),
    SECRET_PASSWORD: () =>
      `${random.pick(['Zomer', 'Welkom', 'Herfst', 'Tulp', 'Fiets'])}${random.integer(10, 2025)}${random.pick(['!', '#', '$', '?'])}${any(random.integer(0, 4))}`,
    SECRET_URL_PASSWORD: () => any(14),
    SECRET_JWT: () =>
      `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.${Buffer.from(`{"sub":"${random.integer(1000, 99_999)}","role":"user"}`).toString('base64url')}.${any(43)}`,
    SECRET_PRIVATE_KEY: () =>
      join(
        '-----BEGIN RSA PRIV',
        'ATE KEY-----\n',
        `${any(64)}\n${any(64)}\n${any(40)}=\n`,
        '-----END RSA PRIV',
        'ATE KEY-----',
      ),
  };
}

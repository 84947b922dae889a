import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { keptOnce } from './kept-once.ts';

const SECRET_BYTES = 48;
const KEY_BYTES = 32;

/**
 * The installation's secret: the configured one, else the one of the data folder, made there (mode 0600) when absent.
 * @throws KeptFileError when the file is damaged.
 */
export function loadSecret(dataDir: string, configured: string | undefined): string {
  if (configured !== undefined) return configured;
  const file = secretFile(dataDir);
  mkdirSync(dataDir, { recursive: true });
  return keptOnce(file, {
    make: () => `${randomBytes(SECRET_BYTES).toString('base64url')}\n`,
    shortest: SECRET_BYTES,
    whenDamaged:
      'Restore it from a backup: without it, stored findings cannot be read and everybody must sign in anew.',
  })
    .toString('utf8')
    .trim();
}

/** Where the generated secret is kept. */
export function secretFile(dataDir: string): string {
  return join(dataDir, 'secret');
}

/** Derives the sub-key of one purpose from the installation's secret (HKDF, RFC 5869). */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'dataguardian', purpose, KEY_BYTES));
}

/** The bearer token that `GET /metrics` takes from other machines. */
export function metricsToken(secret: string): string {
  return deriveKey(secret, 'metrics-token').toString('base64url');
}

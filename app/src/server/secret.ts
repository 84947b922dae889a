import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET_BYTES = 48;
const KEY_BYTES = 32;

/** The installation's secret: the configured one, else the one of the data folder, made there (mode 0600) when absent. */
export function loadSecret(dataDir: string, configured: string | undefined): string {
  if (configured !== undefined) return configured;
  const file = secretFile(dataDir);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(dataDir, { recursive: true });
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
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

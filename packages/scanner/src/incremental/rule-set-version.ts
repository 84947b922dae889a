import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { ResolvedScanOptions } from '../options.ts';

let sourceHash: string | undefined;

/**
 * Names everything besides its bytes and name that decides what is found in a file: this package's own code and data,
 * the detection options and the fingerprint key. A stored result of another version is not used.
 */
export function ruleSetVersion({ detection, fingerprintKey, limits }: ResolvedScanOptions): string {
  sourceHash ??= hashSources();
  return createHmac('sha256', fingerprintKey)
    .update(JSON.stringify([sourceHash, detection, limits]))
    .digest('hex')
    .slice(0, 32);
}

/** The code is its own version number: nobody can forget to raise it. */
function hashSources(): string {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted())
    if (/\.[jt]s$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

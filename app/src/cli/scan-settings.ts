import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { keptOnce } from '../server/kept-once.ts';

/** What a scan from the command line keeps between runs. */
export interface ScanSettings {
  /** Key of the fingerprints. */
  readonly fingerprintKey: Uint8Array;
  /** Names the key without giving it away, so that a baseline made with another one is noticed. */
  readonly keyId: string;
  /** The file with earlier results. */
  readonly incrementalFile: string;
}

/** The environment variables that matter here. */
export type ScanEnvironment = Readonly<Record<string, string | undefined>>;

const KEY_BYTES = 32;

/**
 * Finds the folder for what is kept (`DATAGUARDIAN_DATA_DIR`, else the user's cache folder) and the fingerprint key:
 * derived from `DATAGUARDIAN_SECRET` when set, else made once and kept in that folder.
 * @throws KeptFileError when the kept key is damaged.
 */
export function loadScanSettings(environment: ScanEnvironment): ScanSettings {
  const folder = join(
    environment['DATAGUARDIAN_DATA_DIR'] ??
      join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dataguardian'),
    'scan',
  );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secret = environment['DATAGUARDIAN_SECRET'];
  const fingerprintKey =
    secret === undefined || secret === ''
      ? keepKey(join(folder, 'fingerprint.key'))
      : new Uint8Array(hkdfSync('sha256', secret, '', 'dataguardian fingerprint', KEY_BYTES));
  return {
    fingerprintKey,
    keyId: createHmac('sha256', fingerprintKey).update('key id').digest('hex').slice(0, 16),
    incrementalFile: join(folder, 'results.sqlite'),
  };
}

function keepKey(file: string): Uint8Array {
  return keptOnce(file, {
    make: () => randomBytes(KEY_BYTES),
    shortest: KEY_BYTES,
    whenDamaged: 'Restore it, or delete it: a new key is made, and baselines have to be written anew.',
  });
}

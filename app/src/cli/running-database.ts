import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { CONNECTION_FILE } from '../server/connection-file.ts';
import { findHolder } from '../server/data-folder-lock.ts';

/** The configured database, else that of the product that runs on the same data folder; `undefined` when none does. */
export function findRunningDatabase(config: Config): string | undefined {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  // A product that was killed leaves its file behind.
  if (findHolder(config.dataDir) === undefined) return undefined;
  try {
    const text = readFileSync(join(config.dataDir, CONNECTION_FILE), 'utf8');
    // Written by `start` alone, readable by its account alone.
    return (JSON.parse(text) as { connectionString: string }).connectionString;
  } catch {
    return undefined;
  }
}

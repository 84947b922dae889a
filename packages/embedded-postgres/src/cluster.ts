import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { canReach, type Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './errors.ts';

const execute = promisify(execFile);

/** The owner's name in the database: the server's superuser, reachable over the private socket only. */
export const OWNER = 'dataguardian';

/** Linux allows 107 bytes for a socket's path and macOS 103; the file name takes 14 of them. */
const LONGEST_SOCKET_FOLDER = 85;

/** Where one cluster keeps its files. */
export interface ClusterFolders {
  /** PGDATA. */
  readonly data: string;
  /** Holds the unix socket; mode 0700. */
  readonly socket: string;
}

/** The folder outside any home that serves accounts which cannot enter the data folder. */
export function sharedFolder(): string {
  return process.getuid?.() === 0 ? '/var/lib/dataguardian' : join(tmpdir(), `dataguardian-${process.getuid?.() ?? 0}`);
}

/**
 * Prepares the folders below `dataDir`. Where `account` cannot enter it (root's home, for example), the files live
 * below {@link sharedFolder} and `dataDir/postgres` is a link to them.
 */
export function prepareFolders(dataDir: string, account: Account | undefined): ClusterFolders {
  mkdirSync(dataDir, { recursive: true });
  let base = dataDir;
  if (account !== undefined && !canReach(dataDir, account)) {
    if (canReach(dirname(dataDir), account)) chmodSync(dataDir, 0o711);
    else base = linkOutside(dataDir);
  }
  const data = join(base, 'postgres');
  const near = join(base, 'postgres-socket');
  const socket =
    Buffer.byteLength(near) <= LONGEST_SOCKET_FOLDER ? near : mkdtempSync(join(tmpdir(), 'dataguardian-socket-'));
  mkdirSync(socket, { recursive: true, mode: 0o700 });
  chmodSync(socket, 0o700);
  if (account !== undefined) chownSync(socket, account.uid, account.gid);
  return { data, socket };
}

function linkOutside(dataDir: string): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const outside = join(sharedFolder(), name);
  mkdirSync(outside, { recursive: true, mode: 0o711 });
  const link = join(dataDir, 'postgres');
  if (!existsSync(link)) symlinkSync(join(outside, 'postgres'), link);
  return outside;
}

/**
 * Creates the cluster's files unless they exist. They are made beside their place and moved there when complete, so
 * that an interrupted creation is begun anew while files that hold data are never touched.
 */
export async function initialiseCluster(
  binaries: Binaries,
  folders: ClusterFolders,
  account: Account | undefined,
): Promise<void> {
  if (existsSync(join(folders.data, 'PG_VERSION'))) return;
  const unfinished = `${folders.data}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  if (account !== undefined) chownSync(unfinished, account.uid, account.gid);
  const options = ['--auth=trust', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    await execute(binaries.initdb, ['-D', unfinished, '-U', OWNER, '--no-instructions', '--no-sync', ...options], {
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
      cwd: '/',
      ...account,
    });
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new EmbeddedPostgresError('EMBEDDED_POSTGRES_INIT_FAILED', `Creating the database files failed: ${stderr}.`, {
      cause,
    });
  }
  rmSync(folders.data, { recursive: true, force: true });
  renameSync(unfinished, folders.data);
}

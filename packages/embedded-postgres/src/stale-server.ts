import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@dataguardian/telemetry';
import { EmbeddedPostgresError } from './errors.ts';

/** Beside the data folder, because that one is moved into its place when it is complete. */
const OWNER_SUFFIX = '.owner.pid';
const LONGEST_STOP_MS = 20_000;

/**
 * Makes sure that nobody else runs the cluster in `dataFolder`, and stops a server whose owner is gone.
 * A process is signalled only when its command line names this very folder.
 * @throws EmbeddedPostgresError EMBEDDED_POSTGRES_IN_USE when a living process owns the cluster.
 */
export async function takeOwnership(dataFolder: string, clock: Clock): Promise<void> {
  const ownerFile = `${dataFolder}${OWNER_SUFFIX}`;
  const owner = readPid(ownerFile);
  if (owner !== undefined && owner !== process.pid && isAlive(owner) && commandOf(owner).includes('node'))
    throw new EmbeddedPostgresError(
      'EMBEDDED_POSTGRES_IN_USE',
      `The database in ${dataFolder} is in use by process ${owner}.`,
    );
  await stopStaleServer(dataFolder, clock);
  writeFileSync(ownerFile, `${process.pid}\n`);
}

/** Gives the cluster up, so that another process may start it. */
export function releaseOwnership(dataFolder: string): void {
  rmSync(`${dataFolder}${OWNER_SUFFIX}`, { force: true });
}

async function stopStaleServer(dataFolder: string, clock: Clock): Promise<void> {
  const pidFile = join(dataFolder, 'postmaster.pid');
  const isOurs = (pid: number | undefined): pid is number =>
    pid !== undefined && isAlive(pid) && commandOf(pid).includes(dataFolder);
  const deadline = clock.monotonic() + LONGEST_STOP_MS;
  let asked = false;
  while (isOurs(readPid(pidFile))) {
    const pid = readPid(pidFile);
    // The watchdog of a killed owner needs a moment; only then is the server asked by us.
    if (!asked && pid !== undefined && clock.monotonic() > deadline - LONGEST_STOP_MS + 2_000) {
      process.kill(pid, 'SIGINT');
      asked = true;
    }
    if (clock.monotonic() > deadline)
      throw new EmbeddedPostgresError(
        'EMBEDDED_POSTGRES_IN_USE',
        `A database server (process ${pid}) still runs in ${dataFolder} and does not stop.`,
      );
    await clock.sleep(50);
  }
  // A dead server's lock would be refused while its pid belongs to somebody else's process.
  if (existsSync(pidFile)) rmSync(pidFile, { force: true });
}

function readPid(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    } catch {
      return '';
    }
  }
}

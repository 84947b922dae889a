import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';

/** The operating-system account that runs the server. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account to run PostgreSQL as: `undefined` means the current user. PostgreSQL refuses to run as root,
 * so root gets `postgres` (created when possible) or, failing that, `nobody`.
 * @throws EmbeddedPostgresError EMBEDDED_POSTGRES_NO_ACCOUNT when root has none of them.
 */
export function chooseAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = findAccount('postgres') ?? createAccount() ?? findAccount('nobody');
  if (found === undefined)
    throw new EmbeddedPostgresError('EMBEDDED_POSTGRES_NO_ACCOUNT', 'No account to run PostgreSQL was found.');
  return found;
}

/** Whether `account` may pass through every folder above and including `folder`. */
export function canReach(folder: string, account: Account): boolean {
  for (let current = folder; ; current = dirname(current)) {
    const { mode, uid, gid } = statSync(current);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (dirname(current) === current) return true;
  }
}

function findAccount(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

function createAccount(): Account | undefined {
  try {
    execFileSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
      {
        stdio: 'ignore',
      },
    );
  } catch {
    return undefined;
  }
  return findAccount('postgres');
}

import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who uses a data folder. */
export interface DataFolderHolder {
  readonly pid: number;
  /** When the process began, in the machine's own unit: tells it from another that got the same number later. */
  readonly startedAt: string | undefined;
  /** Where the product is reached. */
  readonly url: string;
}

/** A data folder held by this process. */
export interface DataFolderLock {
  /** Names the address once it is known. */
  announce(url: string): void;
  release(): void;
}

/** The data folder belongs to another running product; the message says to which. */
export class DataFolderError extends Error {
  readonly code = 'DATA_FOLDER_IN_USE';
  readonly holder: DataFolderHolder;

  constructor(dataDir: string, holder: DataFolderHolder) {
    super(
      `The data folder ${dataDir} is in use by process ${holder.pid}, which serves ${holder.url}. ` +
        'Open that address, stop that process, or choose another folder with DATAGUARDIAN_DATA_DIR=…',
    );
    this.name = 'DataFolderError';
    this.holder = holder;
  }
}

const LOCK_FILE = 'start.lock';

/**
 * Takes the data folder for this process; a lock that a dead process left is taken over.
 * @throws DataFolderError when a living product holds it.
 */
export function lockDataFolder(dataDir: string, url: string): DataFolderLock {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, LOCK_FILE);
  const own: DataFolderHolder = { pid: process.pid, startedAt: startOf(process.pid), url };
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
    while (!tryLink(draft, file)) clearStale(dataDir, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    announce(next) {
      writeFileSync(draft, JSON.stringify({ ...own, url: next }), { mode: 0o600 });
      renameSync(draft, file);
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** The living product that holds the folder. */
export function findHolder(dataDir: string): DataFolderHolder | undefined {
  const holder = readHolder(join(dataDir, LOCK_FILE));
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

/** A link is made whole or not at all, unlike a file that is created and then written. */
function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function clearStale(dataDir: string, file: string): void {
  const holder = readHolder(file);
  if (holder !== undefined && isAlive(holder)) throw new DataFolderError(dataDir, holder);
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    // Between the look and the move somebody else may have taken the folder: that lock goes back.
    const moved = readHolder(aside);
    if (moved !== undefined && isAlive(moved)) tryLink(aside, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readHolder(file: string): DataFolderHolder | undefined {
  try {
    const { pid, startedAt, url } = JSON.parse(readFileSync(file, 'utf8')) as Partial<DataFolderHolder>;
    return pid === undefined || !Number.isSafeInteger(pid) ? undefined : { pid, startedAt, url: url ?? '' };
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startedAt }: DataFolderHolder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, under another account.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const actual = startOf(pid);
  return actual !== 'dead' && (actual === undefined || startedAt === undefined || actual === startedAt);
}

/** Ticks since boot at which the process began (proc(5), field 22); `undefined` where the system does not tell. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'dead' : fields[19];
  } catch {
    return undefined;
  }
}

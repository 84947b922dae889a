import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ScannerError, toReason } from '../errors.ts';

/** What tells one state of a file from another without reading it. */
export interface FileState {
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly inode: number;
}

/** Where a result belongs. */
export interface ResultKey {
  readonly root: string;
  readonly path: string;
  /** See `ruleSetVersion`. */
  readonly version: string;
}

/** Results of earlier runs, kept in a file. They hold masked findings only. */
export interface ResultStore {
  /** The results of those files that have one, with the state each was in. */
  findByState(
    key: Omit<ResultKey, 'path'>,
    paths: readonly string[],
  ): ReadonlyMap<string, { readonly state: FileState; readonly result: string }>;
  /** The result for the same bytes under any path of the same kind. */
  findByContent(version: string, contentKey: string): string | undefined;
  /** Notes a result; it is written by `flush`. */
  save(key: ResultKey, state: FileState, result: StoredResult): void;
  /** Writes what was noted, in one transaction. */
  flush(): void;
}

/** A result and the content it is for. */
export interface StoredResult {
  readonly result: string;
  /** Absent for files too large to be read twice. */
  readonly contentKey: string | undefined;
}

const SCHEMA = `
  pragma synchronous = normal;
  create table if not exists files (
    root text not null, path text not null, version text not null,
    bytes integer not null, modified_ms real not null, inode integer not null,
    result text not null, primary key (root, path)
  ) without rowid;
  create table if not exists contents (
    version text not null, content_key text not null, result text not null, primary key (version, content_key)
  ) without rowid;
`;

/** How long a thread or process waits for another one that writes. */
const BUSY_MS = 10_000;
const RETRY_MS = 10;

const open = new Map<string, ResultStore>();

/** Opens the store in `file`, once per thread. A file that is no store any more is replaced: it is only a memory aid. */
export function openResultStore(file: string): ResultStore {
  const known = open.get(file);
  if (known) return known;
  const store = createResultStore(openDatabase(file));
  open.set(file, store);
  return store;
}

function openDatabase(file: string): DatabaseSync {
  try {
    return tryOpen(file);
  } catch (error) {
    if (!/not a database|malformed|no such column/i.test(toReason(error)))
      throw new ScannerError('SCANNER_STORE_FAILED', file, { cause: error });
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return tryOpen(file);
  }
}

function tryOpen(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  chooseWriteAheadLog(database);
  database.exec(SCHEMA);
  return database;
}

/** SQLite does not wait by itself for others that choose the journal in the same moment: it refuses. */
function chooseWriteAheadLog(database: DatabaseSync): void {
  const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      database.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      if (waitedMs >= BUSY_MS || !/locked|busy/i.test(toReason(error))) throw error;
      Atomics.wait(pause, 0, 0, RETRY_MS);
    }
  }
}

function createResultStore(database: DatabaseSync): ResultStore {
  // One statement for a whole chunk is several times cheaper than one for each file. The cross join keeps the order:
  // left to itself, the planner reads all files of the root for every chunk.
  const byState = database.prepare(
    'select files.path, bytes, modified_ms, inode, result from json_each(?) as wanted ' +
      'cross join files on files.root = ? and files.path = wanted.value where version = ?',
  );
  const byContent = database.prepare('select result from contents where version = ? and content_key = ?');
  const saveFile = database.prepare('insert or replace into files values (?, ?, ?, ?, ?, ?, ?)');
  const saveContent = database.prepare('insert or ignore into contents values (?, ?, ?)');
  let noted: { readonly key: ResultKey; readonly state: FileState; readonly result: StoredResult }[] = [];

  return {
    findByState({ root, version }, paths) {
      const found = new Map<string, { state: FileState; result: string }>();
      for (const row of byState.iterate(JSON.stringify(paths), root, version)) {
        const state = {
          bytes: Number(row['bytes']),
          modifiedMs: Number(row['modified_ms']),
          inode: Number(row['inode']),
        };
        found.set(String(row['path']), { state, result: String(row['result']) });
      }
      return found;
    },
    findByContent(version, contentKey) {
      const row = byContent.get(version, contentKey);
      return typeof row?.['result'] === 'string' ? row['result'] : undefined;
    },
    save(key, state, result) {
      noted.push({ key, state, result });
    },
    flush() {
      if (noted.length === 0) return;
      const batch = noted;
      noted = [];
      try {
        database.exec('begin immediate');
        for (const { key, state, result } of batch) {
          const { root, path, version } = key;
          saveFile.run(root, path, version, state.bytes, state.modifiedMs, state.inode, result.result);
          if (result.contentKey !== undefined) saveContent.run(version, result.contentKey, result.result);
        }
        database.exec('commit');
      } catch (error) {
        if (database.isTransaction) database.exec('rollback');
        throw new ScannerError('SCANNER_STORE_FAILED', toReason(error), { cause: error });
      }
    },
  };
}

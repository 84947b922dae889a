import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { ResolvedScanOptions } from '../options.ts';
import type { ByteInput } from '../read/byte-input.ts';
import type { ScanEvent } from '../scan-event.ts';
import { openResultStore, type FileState } from './result-store.ts';
import { ruleSetVersion } from './rule-set-version.ts';
import { packEvents, unpackEvents } from './stored-events.ts';

/** Larger files are not read a second time to compare their content. */
const LARGEST_HASHED_BYTES = 67_108_864;

/** What is known of one file from earlier runs, and the way to note what this run finds. */
export interface RememberedFile {
  /** The earlier result while the file looks untouched. */
  readonly unchanged: readonly ScanEvent[] | undefined;
  /** The earlier result for equal content. */
  sameContent(input: ByteInput): Promise<readonly ScanEvent[] | undefined>;
  /** Keeps the result. */
  keep(events: readonly ScanEvent[]): void;
}

/** The memory of one chunk's files. */
export interface FileMemory {
  recall(path: string): RememberedFile;
  /** Writes what was kept. */
  flush(): void;
}

/** Opens the memory for the files below `root`, or undefined when the scan has none. */
export function openFileMemory(root: string, options: ResolvedScanOptions): FileMemory | undefined {
  if (!options.incremental) return undefined;
  const store = openResultStore(options.incremental.file);
  const version = ruleSetVersion(options);
  return {
    recall(path) {
      const key = { root, path, version };
      const state = readState(join(root, path));
      const packed = state && store.findByState(key, state);
      let contentKey: string | undefined;
      const keepPacked = (result: string | undefined): void => {
        if (state && result !== undefined) store.save(key, state, { result, contentKey });
      };
      return {
        unchanged: packed === undefined ? undefined : unpackEvents(path, packed),
        async sameContent(input) {
          if (input.bytes === undefined || input.bytes > LARGEST_HASHED_BYTES) return undefined;
          const hash = createHash('sha256').update(kindOf(path));
          for await (const block of input.blocks()) hash.update(block);
          contentKey = hash.digest('base64');
          const known = store.findByContent(version, contentKey);
          if (known === undefined) return undefined;
          keepPacked(known);
          return unpackEvents(path, known);
        },
        keep: (events) => keepPacked(packEvents(path, events)),
      };
    },
    flush: () => store.flush(),
  };
}

/** Detection heeds the name and kind of a file, so equal bytes count as equal only under a like name. */
function kindOf(path: string): string {
  return `${extname(path).toLowerCase() || basename(path)}\0`;
}

function readState(file: string): FileState | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats && { bytes: stats.size, modifiedMs: stats.mtimeMs, inode: stats.ino };
}

import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import type { FileItem } from '../chunk.ts';
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
  recall(item: FileItem): RememberedFile;
  /** Writes what was kept. */
  flush(): void;
}

/** Opens the memory for the files below `root`, or undefined when the scan has none. */
export function openFileMemory(
  root: string,
  items: readonly FileItem[],
  options: ResolvedScanOptions,
): FileMemory | undefined {
  if (!options.incremental) return undefined;
  const store = openResultStore(options.incremental.file);
  const version = ruleSetVersion(options);
  const known = store.findByState(
    { root, version },
    items.map(({ path }) => path),
  );
  return {
    recall(item) {
      const { path } = item;
      const key = { root, path, version };
      const state = toState(item);
      const earlier = known.get(path);
      const packed = earlier && state && isSameState(earlier.state, state) ? earlier.result : undefined;
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
          const equal = store.findByContent(version, contentKey);
          if (equal === undefined) return undefined;
          keepPacked(equal);
          return unpackEvents(path, equal);
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

/**
 * The state the file was listed in. Should it change before it is read, the result is kept under a state that the file
 * no longer has, and the next run reads it again.
 */
function toState({ bytes, modifiedMs, inode }: FileItem): FileState | undefined {
  return modifiedMs === undefined || inode === undefined ? undefined : { bytes, modifiedMs, inode };
}

function isSameState(one: FileState, other: FileState): boolean {
  return one.bytes === other.bytes && one.modifiedMs === other.modifiedMs && one.inode === other.inode;
}

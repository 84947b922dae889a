import { realpathSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { FileItem, SkippedItem } from '../chunk.ts';
import { createPacer, type ChunkSession } from '../chunk-session.ts';
import { ScannerError, toAbortError } from '../errors.ts';
import type { ResolvedScanOptions } from '../options.ts';
import { openFileMemory, type RememberedFile } from '../incremental/remember.ts';
import { openFileInput } from '../read/file-input.ts';
import type { ByteInput } from '../read/byte-input.ts';
import type { ReadSteps } from '../read/item-context.ts';
import { readItem } from '../read/read-item.ts';
import { SkipError } from '../skip-code.ts';
import type { PathSource, UploadSource } from '../source-spec.ts';
import type { Source, UnnumberedChunk } from './source.ts';
import { toFileItem, walkFolder, type WalkedEntry } from './walk.ts';

/** Files and folders on disk. */
export function createFilesSource(spec: PathSource | UploadSource): Source {
  const { root, single } = locateRoot(spec.path);
  return {
    async *plan(options) {
      const entries: Iterable<WalkedEntry> =
        single === undefined
          ? walkFolder(root)
          : [{ kind: 'file', file: toFileItem(single, statSync(join(root, single))) }];
      let isEmpty = true;
      for await (const chunk of gatherFileChunks(entries, options)) {
        isEmpty &&= chunk.items.length === 0;
        yield chunk;
      }
      if (isEmpty && spec.kind === 'upload') throw new ScannerError('SCANNER_UPLOAD_EMPTY', spec.path);
    },
    async *read(chunk, session) {
      if (chunk.kind !== 'files') return;
      yield* readFiles(root, chunk.items, session);
    },
  };
}

/** Gathers walked files to chunks of the wanted size, pausing so that a long walk blocks nobody. */
export async function* gatherFileChunks(
  entries: Iterable<WalkedEntry>,
  { limits, signal, clock }: ResolvedScanOptions,
): AsyncGenerator<UnnumberedChunk & { readonly kind: 'files' }> {
  const pause = createPacer(clock);
  let items: FileItem[] = [];
  let skipped: SkippedItem[] = [];
  let bytes = 0;
  const take = (): UnnumberedChunk & { readonly kind: 'files' } => {
    const chunk = { kind: 'files' as const, items, skipped, estimatedBytes: bytes };
    items = [];
    skipped = [];
    bytes = 0;
    return chunk;
  };
  for (const entry of entries) {
    if (signal?.aborted === true) throw toAbortError(signal);
    await pause();
    if (entry.kind === 'skipped') skipped.push(entry.skipped);
    else {
      items.push(entry.file);
      bytes += entry.file.bytes;
    }
    if (bytes >= limits.chunkBytes || items.length + skipped.length >= limits.chunkItems) yield take();
  }
  if (items.length + skipped.length > 0) yield take();
}

/** Reads files below `root`; those that an earlier run knows and that have not changed are not opened. */
export async function* readFiles(root: string, items: readonly FileItem[], session: ChunkSession): ReadSteps {
  const isInside = createInsideCheck(root);
  const memory = openFileMemory(root, items, session.options);
  try {
    for (const item of items) {
      const { path, bytes } = item;
      const remembered = memory?.recall(item);
      if (remembered?.unchanged) session.reuse({ name: path, bytes }, remembered.unchanged);
      else yield* readFile({ root, path, bytes, isInside, remembered }, session);
      yield;
    }
  } finally {
    memory?.flush();
  }
}

interface FileToRead {
  readonly root: string;
  readonly path: string;
  readonly bytes: number;
  readonly isInside: (path: string) => boolean;
  readonly remembered: RememberedFile | undefined;
}

async function* readFile(file: FileToRead, session: ChunkSession): ReadSteps {
  const { root, path, bytes, isInside, remembered } = file;
  const { limits } = session.options;
  let input: ByteInput | undefined;
  let problem: SkipError | undefined;
  try {
    if (!isInside(path)) throw new SkipError('UNSAFE_NAME', 'leads out of the scanned folder');
    input = openFileInput(join(root, path), path, limits);
    const known = await remembered?.sameContent(input);
    if (known) {
      session.reuse({ name: path, bytes }, known);
      await input.close();
      return;
    }
  } catch (error) {
    if (!(error instanceof SkipError)) throw error;
    problem = error;
  }
  const opened = input;
  const events = yield* session.item(path, bytes, async function* (context) {
    if (problem) context.skip(problem.code, problem.message);
    else if (opened) yield* readItem(counting(opened, session), context);
  });
  if (!problem) remembered?.keep(events);
}

/** Counts what is read of a file towards the progress. */
function counting(input: ByteInput, session: ChunkSession): ByteInput {
  return {
    ...input,
    async *blocks() {
      for await (const block of input.blocks()) {
        session.countBytes(block.length);
        yield block;
      }
    },
  };
}

/** Whether a path still lies inside the root once links in its folders are resolved; a folder may have been swapped. */
function createInsideCheck(root: string): (path: string) => boolean {
  let lastFolder: string | undefined;
  let lastAnswer = false;
  return (path) => {
    if (path.includes('\0')) return false;
    const folder = dirname(join(root, path));
    if (folder === lastFolder) return lastAnswer;
    lastFolder = folder;
    try {
      const real = realpathSync(folder);
      lastAnswer = real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
    } catch {
      // A folder that has gone is reported by the attempt to open the file.
      lastAnswer = true;
    }
    return lastAnswer;
  };
}

function locateRoot(path: string): { readonly root: string; readonly single: string | undefined } {
  let stats: Stats;
  let real: string;
  try {
    real = realpathSync(path);
    stats = statSync(real);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new ScannerError(missing ? 'SCANNER_PATH_NOT_FOUND' : 'SCANNER_PATH_UNREADABLE', path, { cause: error });
  }
  if (stats.isDirectory()) return { root: real, single: undefined };
  if (!stats.isFile()) throw new ScannerError('SCANNER_PATH_UNREADABLE', `${path} is neither a file nor a folder`);
  return { root: dirname(real), single: basename(real) };
}

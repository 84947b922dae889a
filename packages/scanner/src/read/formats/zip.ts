import { fromBufferPromise, openPromise, type Entry, type ZipFile } from 'yauzl';
import { SkipError } from '../../skip-code.ts';
import { toReason } from '../../errors.ts';
import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { createStreamInput } from '../stream-input.ts';
import { isSafeName, toEntryName } from './entry-name.ts';
import { isOpenDocument, readOpenDocument } from './open-document.ts';
import { isOfficeDocument, readOfficeDocument } from './office-document.ts';
import type { DocumentParts } from './document-parts.ts';

const UTF8_NAME_FLAG = 0x800;

interface NamedEntry {
  readonly name: string;
  readonly entry: Entry;
}

/** Reads ZIP archives and the document formats that are ZIP archives inside. */
export async function* readZip(input: ByteInput, context: ItemContext): ReadSteps {
  const zip = await open(input);
  try {
    const entries = await listEntries(zip, context);
    const names = new Set(entries.map(({ name }) => name));
    const parts = createParts(zip, entries, context);
    if (isOfficeDocument(names)) yield* readOfficeDocument(parts, context);
    else if (isOpenDocument(names)) yield* readOpenDocument(parts, context);
    else yield* readEntries(zip, entries, context);
  } finally {
    zip.close();
  }
}

async function open(input: ByteInput): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
  return input.path === undefined
    ? fromBufferPromise(Buffer.from(await input.whole()), options)
    : openPromise(input.path, options);
}

/** The entries up to the limit. Packed data that several entries claim is the mark of a bomb. */
async function listEntries(zip: ZipFile, context: ItemContext): Promise<readonly NamedEntry[]> {
  const entries: NamedEntry[] = [];
  let claimed = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      context.budget.countEntry();
      claimed += entry.compressedSize;
      if (claimed > zip.fileSize) throw new SkipError('ARCHIVE_RATIO', 'several entries claim the same packed data');
      entries.push({
        name: toEntryName(entry.fileNameRaw, (entry.generalPurposeBitFlag & UTF8_NAME_FLAG) !== 0),
        entry,
      });
    }
  } catch (error) {
    if (!(error instanceof SkipError && error.code === 'ARCHIVE_ENTRIES')) throw error;
    context.skip(error.code, error.message);
  }
  return entries;
}

async function* readEntries(zip: ZipFile, entries: readonly NamedEntry[], context: ItemContext): ReadSteps {
  for (const { name, entry } of entries) {
    if (name.endsWith('/')) continue;
    const problem = judge(name, entry);
    if (problem) context.skip(problem.code, problem.message, name);
    else yield* readEntry(zip, { name, entry }, context);
    if (context.budget.isSpent) return;
    yield;
  }
}

async function* readEntry(zip: ZipFile, { name, entry }: NamedEntry, context: ItemContext): ReadSteps {
  try {
    const stream = context.budget.guard(await zip.openReadStreamPromise(entry), () => entry.compressedSize);
    yield* context.readEntry(createStreamInput(name, stream, context.limits));
  } catch (error) {
    if (error instanceof SkipError) context.skip(error.code, error.message, name);
    else context.skip('BROKEN', toReason(error), name);
  }
}

function judge(name: string, entry: Entry): SkipError | undefined {
  if (!isSafeName(name)) return new SkipError('UNSAFE_NAME', 'its name leads out of the archive');
  if (entry.isEncrypted()) return new SkipError('ENCRYPTED', 'protected by a password');
  if (!entry.canDecodeFileData()) return new SkipError('UNSUPPORTED', `packed by method ${entry.compressionMethod}`);
  return undefined;
}

function createParts(zip: ZipFile, entries: readonly NamedEntry[], context: ItemContext): DocumentParts {
  const byName = new Map(entries.map(({ name, entry }) => [name, entry]));
  return {
    names: [...byName.keys()],
    async open(name) {
      const entry = byName.get(name);
      if (!entry) return undefined;
      if (entry.isEncrypted()) throw new SkipError('ENCRYPTED', 'protected by a password');
      return context.budget.guard(await zip.openReadStreamPromise(entry), () => entry.compressedSize);
    },
  };
}

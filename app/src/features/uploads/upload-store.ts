import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { uploadFolder } from '../../worker/scan-source.ts';

const LONGEST_PART = 200;
const DEEPEST = 40;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * The name under which an uploaded file is kept: the browser's relative path, made harmless. Never leads out of the
 * upload; `undefined` when nothing usable is left.
 */
export function toSafeRelativePath(name: string): string | undefined {
  const parts = name
    .normalize('NFC')
    .split(/[/\\]+/)
    // oxlint-disable-next-line no-control-regex -- control characters are what is removed
    .map((part) => part.replaceAll(/[\u0000-\u001F\u007F]/g, '').trim())
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map((part) => part.replace(/^[a-z]:$/i, '').replaceAll(':', '_'))
    .filter((part) => part !== '')
    .map((part) => shorten(part));
  return parts.length === 0 || parts.length > DEEPEST ? undefined : parts.join('/');
}

function shorten(part: string): string {
  if (Buffer.byteLength(part) <= LONGEST_PART) return part;
  const extension = /\.[^.]{1,10}$/.exec(part)?.[0] ?? '';
  let stem = part.slice(0, part.length - extension.length);
  while (Buffer.byteLength(stem + extension) > LONGEST_PART) stem = Array.from(stem).slice(0, -1).join('');
  return stem + extension;
}

/** A file on its way into an upload. */
export interface IncomingFile {
  /** Safe and relative. */
  readonly path: string;
  readonly content: Readable;
  /** Names used so far, in lower case, because not every disk tells case apart. */
  readonly taken: Set<string>;
  /** Told of each piece; what it throws ends the upload. */
  readonly onBytes: (bytes: number) => void;
}

/** Streams one file into an upload; a second file of the same name gets a number. Returns where it went. */
export async function writeUploadedFile(
  folder: string,
  { path, content, taken, onBytes }: IncomingFile,
): Promise<string> {
  let free = path;
  for (let count = 2; taken.has(free.toLowerCase()); count++) free = path.replace(/(\.[^./]*)?$/, ` (${count})$1`);
  taken.add(free.toLowerCase());
  const target = join(folder, free);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await pipeline(
    content,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const piece of source) {
        onBytes(piece.length);
        yield piece;
      }
    },
    createWriteStream(target, { flags: 'wx', mode: 0o600 }),
  );
  return free;
}

/** Bytes free for uploads. */
export async function freeBytes(dataDir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dataDir);
  return bavail * bsize;
}

/** Removes an upload's files; no matter whether they exist. */
export async function deleteUploadFiles(dataDir: string, uploadId: string): Promise<void> {
  await rm(uploadFolder(dataDir, uploadId), { recursive: true, force: true });
}

/** Uploads on this machine's disk that nothing was added to since `before` (epoch milliseconds). */
export async function listUploads(dataDir: string, before: number): Promise<readonly string[]> {
  const root = dirname(uploadFolder(dataDir, 'any'));
  const names = await readdir(root).catch(() => []);
  const ages = await Promise.all(
    names.map(async (name) => {
      const { mtimeMs } = await stat(join(root, name)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      return { name, isOld: mtimeMs < before };
    }),
  );
  return ages.filter(({ name, isOld }) => isOld && UUID.test(name)).map(({ name }) => name);
}

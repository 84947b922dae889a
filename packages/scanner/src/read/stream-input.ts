import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScanLimits } from '../options.ts';
import type { ByteInput } from './byte-input.ts';
import { joinBlocks } from './join-blocks.ts';

/** Makes an input of a stream that can be read once. */
export function createStreamInput(name: string, stream: AsyncIterable<Uint8Array>, limits: ScanLimits): ByteInput {
  const source = toBlocks(stream, limits.readBytes)[Symbol.asyncIterator]();
  let first: Promise<Uint8Array | undefined> | undefined;
  let folder: string | undefined;
  let joined: Promise<Buffer> | undefined;

  const readFirst = (): Promise<Uint8Array | undefined> =>
    (first ??= source.next().then(({ value, done }) => (done === true ? undefined : Buffer.from(value))));
  async function* blocks(): AsyncGenerator<Uint8Array> {
    const head = await readFirst();
    if (head === undefined) return;
    yield head;
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  }

  return {
    name,
    bytes: undefined,
    head: async () => (await readFirst()) ?? new Uint8Array(0),
    blocks,
    whole: () => (joined ??= joinBlocks(blocks(), limits.maxDocumentBytes)),
    async file() {
      folder ??= await mkdtemp(join(tmpdir(), 'dataguardian-'));
      const path = join(folder, 'spooled');
      const file = createWriteStream(path, { mode: 0o600 });
      for await (const block of blocks()) if (!file.write(Buffer.from(block))) await once(file, 'drain');
      file.end();
      await once(file, 'finish');
      return path;
    },
    async close() {
      await source.return(undefined);
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes an input of bytes in memory. */
export function createBufferInput(name: string, bytes: Uint8Array, limits: ScanLimits): ByteInput {
  const input = createStreamInput(name, slices(bytes, limits.readBytes), limits);
  return { ...input, bytes: bytes.length, whole: () => Promise.resolve(bytes) };
}

async function* slices(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Cuts a stream into blocks of exactly `size`, the last one shorter. */
async function* toBlocks(stream: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let block = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const piece of stream) {
    for (let start = 0; start < piece.length;) {
      const count = Math.min(piece.length - start, size - filled);
      block.set(piece.subarray(start, start + count), filled);
      filled += count;
      start += count;
      if (filled === size) {
        yield block;
        block = Buffer.allocUnsafe(size);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

import { pipeline } from 'node:stream/promises';
import { PassThrough, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { sniffFormat } from '../sniff.ts';
import { createStreamInput } from '../stream-input.ts';

/** Reads gzip; around a tar it is mere wrapping. */
export function readGzip(input: ByteInput, context: ItemContext): ReadSteps {
  return readCompressed(input, context, createGunzip());
}

/** Reads Zstandard; around a tar it is mere wrapping. */
export function readZstd(input: ByteInput, context: ItemContext): ReadSteps {
  return readCompressed(input, context, createZstdDecompress());
}

async function* readCompressed(input: ByteInput, context: ItemContext, decompress: NodeJS.ReadWriteStream): ReadSteps {
  let packedBytes = 0;
  async function* copies(): AsyncGenerator<Buffer> {
    for await (const block of input.blocks()) {
      packedBytes += block.length;
      // The block's memory is used again while the decompressor may still hold it.
      yield Buffer.from(block);
    }
  }
  const unpacked = new PassThrough();
  const stop = new AbortController();
  const piping = pipeline(Readable.from(copies(), { objectMode: false }), decompress, unpacked, {
    signal: stop.signal,
  });
  // The same error reaches the reader through the stream.
  piping.catch(() => undefined);
  const inner = createStreamInput(
    innerName(input.name),
    context.budget.guard(unpacked, () => packedBytes),
    context.limits,
  );
  try {
    const head = await inner.head();
    const sniffed = sniffFormat(head, inner.name);
    yield* context.readEntry(inner, { wrapped: sniffed.kind === 'readable' && sniffed.format === 'tar' });
  } finally {
    stop.abort();
    await inner.close();
  }
}

function innerName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.replace(/\.t(?:gz|zst)$/i, '.tar').replace(/\.(?:gz|zst|gzip)$/i, '') || 'content';
}

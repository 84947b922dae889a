import { extract } from 'tar-stream';
import { Readable } from 'node:stream';
import { SkipError } from '../../skip-code.ts';
import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { createStreamInput } from '../stream-input.ts';
import { isSafeName } from './entry-name.ts';

/** Reads tar archives (POSIX, GNU and the old form). */
export async function* readTar(input: ByteInput, context: ItemContext): ReadSteps {
  const archive = extract();
  const source = Readable.from(copies(input), { objectMode: false });
  source.on('error', (error) => archive.destroy(error));
  source.pipe(archive);
  try {
    for await (const entry of archive) {
      const { name, type, size } = entry.header;
      context.budget.countEntry();
      // A tar entry streams bytes; its declared type says unknown.
      const pieces = entry[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
      if (type === 'file' || type === 'contiguous-file') {
        if (isSafeName(name)) {
          // The archive itself is not packed, so an entry cannot unpack to more than it takes.
          const stream = context.budget.guard(lend(pieces), () => size);
          yield* readEntry(createStreamInput(name, stream, context.limits), name, context);
        } else context.skip('UNSAFE_NAME', 'its name leads out of the archive', name);
      } else if (type === 'symlink' || type === 'link') {
        if (!isSafeName(name) || !isSafeName(entry.header.linkname ?? ''))
          context.skip('UNSAFE_NAME', 'a link that leads out of the archive', name);
      } else if (type !== 'directory') context.skip('SPECIAL_FILE', `a ${type ?? 'special'} entry`, name);
      for (let rest = await pieces.next(); rest.done !== true; rest = await pieces.next());
      if (context.budget.isSpent) return;
      yield;
    }
  } finally {
    source.destroy();
    archive.destroy();
  }
}

async function* readEntry(input: ByteInput, name: string, context: ItemContext): ReadSteps {
  try {
    yield* context.readEntry(input);
  } catch (error) {
    if (!(error instanceof SkipError)) throw error;
    context.skip(error.code, error.message, name);
  }
}

/** Hands pieces on without ending the stream they come from when the reader stops early. */
async function* lend(pieces: AsyncIterator<Uint8Array, undefined>): AsyncGenerator<Uint8Array> {
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}

async function* copies(input: ByteInput): AsyncGenerator<Buffer> {
  for await (const block of input.blocks()) yield Buffer.from(block);
}

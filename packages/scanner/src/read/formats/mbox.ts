import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { createBufferInput } from '../stream-input.ts';

/** The line that starts a message (RFC 4155); an empty line stands before it but at the start of the file. */
const SEPARATOR = /\n\r?\nFrom [^\n]*\n/g;

/** Reads a mailbox file, one message at a time. */
export async function* readMbox(input: ByteInput, context: ItemContext): ReadSteps {
  let pending = '\n\n';
  let number = 0;
  const read = (content: string): ReadSteps => {
    number++;
    return context.readEntry(
      createBufferInput(`message-${number}.eml`, Buffer.from(content, 'latin1'), context.limits),
    );
  };
  for await (const block of input.blocks()) {
    // Latin-1 keeps every byte as one character, so that bytes come out as they went in.
    pending += Buffer.from(block).toString('latin1');
    const starts = [...pending.matchAll(SEPARATOR)];
    for (let index = 0; index + 1 < starts.length; index++) {
      const start = starts[index];
      const next = starts[index + 1];
      if (start && next) yield* read(pending.slice(start.index + start[0].length, next.index + 1));
    }
    pending = pending.slice(starts.at(-1)?.index ?? 0);
    if (pending.length > context.limits.maxDocumentBytes) {
      context.skip('TOO_LARGE', 'a message larger than maxDocumentBytes', `message-${number + 1}.eml`);
      pending = '';
    }
    yield;
  }
  const last = SEPARATOR.exec(pending);
  SEPARATOR.lastIndex = 0;
  if (last) yield* read(pending.slice(last.index + last[0].length));
}

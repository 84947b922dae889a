import PostalMime from 'postal-mime';
import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { createBufferInput } from '../stream-input.ts';
import { SkipError } from '../../skip-code.ts';
import { extractHtmlText } from './html-text.ts';

/** Headers that say who wrote to whom, and about what. */
const TELLING_HEADERS = /^(?:from|to|cc|bcc|reply-to|sender|subject|x-originating-ip|received)$/;
const DEEPEST_PARTS = 50;
const LARGEST_HEADERS = 1_048_576;

/** Reads an e-mail message: headers, text, and attachments as items of their own. */
export async function* readMail(input: ByteInput, context: ItemContext): ReadSteps {
  const message = await PostalMime.parse(await input.whole(), {
    maxNestingDepth: DEEPEST_PARTS,
    maxHeadersSize: LARGEST_HEADERS,
  });
  const sink = context.openText();
  const headers = message.headers.filter(({ key }) => TELLING_HEADERS.test(key));
  sink.push(`${headers.map(({ originalKey, value }) => `${originalKey}: ${value}`).join('\n')}\n\n`, {
    part: 'headers',
  });
  const text = message.text ?? (message.html === undefined ? '' : extractHtmlText(message.html));
  sink.push(text, { part: 'text' });
  sink.end();
  yield;
  let number = 0;
  for (const attachment of message.attachments) {
    number++;
    const name = attachment.filename ?? `attachment-${number}${attachment.mimeType === 'message/rfc822' ? '.eml' : ''}`;
    const content =
      typeof attachment.content === 'string' ? Buffer.from(attachment.content) : new Uint8Array(attachment.content);
    try {
      context.budget.countEntry();
      yield* context.readEntry(createBufferInput(name, content, context.limits));
    } catch (error) {
      if (!(error instanceof SkipError)) throw error;
      context.skip(error.code, error.message, name);
    }
    yield;
  }
}

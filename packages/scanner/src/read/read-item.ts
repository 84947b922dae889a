import { ScannerError, toReason } from '../errors.ts';
import { SkipError } from '../skip-code.ts';
import type { ItemContext, Reader, ReadSteps } from './item-context.ts';
import type { ByteInput } from './byte-input.ts';
import { readJson } from './formats/json.ts';
import { readPlainText } from './formats/plain-text.ts';
import { type Format, sniffFormat } from './sniff.ts';

const READERS: Readonly<Partial<Record<Format, Reader>>> = {
  text: readPlainText,
  json: readJson,
};

/** Reads an item of any format. What cannot be read is reported as skipped, with the reason. */
export async function* readItem(input: ByteInput, context: ItemContext): ReadSteps {
  try {
    const head = await input.head();
    const sniffed = sniffFormat(head, input.name);
    if (sniffed.kind === 'binary') throw new SkipError('BINARY', sniffed.what);
    if (sniffed.kind === 'unsupported') throw new SkipError('UNSUPPORTED', sniffed.what);
    const reader = READERS[sniffed.format];
    if (!reader) throw new SkipError('UNSUPPORTED', sniffed.format);
    yield* reader(input, context);
  } catch (error) {
    if (error instanceof ScannerError) throw error;
    if (error instanceof SkipError) context.skip(error.code, error.message);
    else context.skip('BROKEN', toReason(error));
  } finally {
    await input.close();
  }
}

import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';
import { readPlainText } from './plain-text.ts';

/** Reads JSON as text, its keys being labels; escapes that would glue to the next word become spaces of equal length. */
export function readJson(input: ByteInput, context: ItemContext): ReadSteps {
  return readPlainText(input, context, (text) =>
    text.includes('\\')
      ? text.replaceAll(/\\([\\nrtbf"])/g, (_, escape: string) => (escape === '"' ? ' "' : '  '))
      : text,
  );
}

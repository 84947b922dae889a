import { getDocumentProxy } from 'unpdf';
import { SkipError } from '../../skip-code.ts';
import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/** Reads the text and the filled-in form fields of a PDF, page by page. */
export async function* readPdf(input: ByteInput, context: ItemContext): ReadSteps {
  const document = await open(input);
  const sink = context.openText();
  let chars = 0;
  try {
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number);
      const content = await page.getTextContent();
      let text = '';
      for (const item of content.items) if ('str' in item) text += item.str + (item.hasEOL ? '\n' : '');
      for (const annotation of await page.getAnnotations()) {
        const { fieldName, fieldValue }: { fieldName?: unknown; fieldValue?: unknown } = annotation;
        if (typeof fieldValue === 'string' && fieldValue !== '') text += `\n${String(fieldName)}: ${fieldValue}`;
      }
      chars += text.trim().length;
      sink.push(`${text}\n\n`, { page: number });
      page.cleanup();
      yield;
    }
  } finally {
    await document.loadingTask.destroy();
  }
  sink.end();
  if (chars === 0) throw new SkipError('NO_TEXT', 'a PDF without text, most likely scanned paper');
}

async function open(input: ByteInput): Promise<PdfDocument> {
  // The library takes the bytes over, so it gets a copy.
  const bytes = Uint8Array.from(await input.whole());
  try {
    return await getDocumentProxy(bytes, { verbosity: 0 });
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException')
      throw new SkipError('ENCRYPTED', 'protected by a password', { cause: error });
    throw error;
  }
}

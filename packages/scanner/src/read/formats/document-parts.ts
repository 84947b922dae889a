import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { SkipError } from '../../skip-code.ts';

/** The files inside a document that is an archive. */
export interface DocumentParts {
  readonly names: readonly string[];
  /** The part's bytes, or undefined when the document has none of that name. */
  open(name: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** What to do with the XML of a part, as it streams by. Names keep their prefix, such as `w:t`. */
export interface XmlHandler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Streams a part through a handler; each step is one piece of it. A part that is absent has no steps. */
export async function* readXmlPart(
  parts: DocumentParts,
  name: string,
  handler: XmlHandler,
): AsyncGenerator<void, void> {
  const stream = await parts.open(name);
  if (!stream) return;
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  parser.on('opentag', (tag: SaxesTagPlain) => handler.open?.(tag.name, tag.attributes));
  parser.on('closetag', (tag: SaxesTagPlain) => handler.close?.(tag.name));
  parser.on('text', (text) => handler.text?.(text));
  parser.on('cdata', (text) => handler.text?.(text));
  parser.on('error', (error) => {
    throw new SkipError('BROKEN', `${name}: ${error.message}`);
  });
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    parser.write(decoder.decode(bytes, { stream: true }));
    yield;
  }
  parser.write(decoder.decode()).close();
}

import { ScannerError, toReason } from '../errors.ts';
import { SkipError } from '../skip-code.ts';
import type { ItemContext, Reader, ReadSteps } from './item-context.ts';
import type { ByteInput } from './byte-input.ts';
import { readCompoundFile } from './formats/compound-file.ts';
import { readGzip, readZstd } from './formats/compressed.ts';
import { readJson } from './formats/json.ts';
import { readMail } from './formats/mail.ts';
import { readMbox } from './formats/mbox.ts';
import { readPdf } from './formats/pdf.ts';
import { readPlainText } from './formats/plain-text.ts';
import { readSqlite } from './formats/sqlite.ts';
import { readTar } from './formats/tar.ts';
import { readZip } from './formats/zip.ts';
import { type Format, sniffFormat } from './sniff.ts';

const READERS: Readonly<Record<Format, Reader>> = {
  text: readPlainText,
  json: readJson,
  pdf: readPdf,
  zip: readZip,
  gzip: readGzip,
  zstd: readZstd,
  tar: readTar,
  mail: readMail,
  mbox: readMbox,
  sqlite: readSqlite,
  cfb: readCompoundFile,
};

/** Reads an item of any format. What cannot be read is reported as skipped, with the reason. */
export async function* readItem(input: ByteInput, context: ItemContext): ReadSteps {
  try {
    const head = await input.head();
    const sniffed = sniffFormat(head, input.name);
    if (sniffed.kind === 'binary') throw new SkipError('BINARY', sniffed.what);
    if (sniffed.kind === 'unsupported') throw new SkipError('UNSUPPORTED', sniffed.what);
    yield* READERS[sniffed.format](input, context);
  } catch (error) {
    if (error instanceof ScannerError) throw error;
    if (error instanceof SkipError) context.skip(error.code, error.message);
    else context.skip('BROKEN', toReason(error));
  } finally {
    await input.close();
  }
}

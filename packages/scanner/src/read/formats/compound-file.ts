import { SkipError } from '../../skip-code.ts';
import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';

/** Names of streams in the directory of a compound file, which are UTF-16. */
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le');

/** Tells password-protected Office documents, which are compound files, from the Office formats of before 2007. */
export async function* readCompoundFile(input: ByteInput, _context: ItemContext): ReadSteps {
  let tail = Buffer.alloc(0);
  for await (const block of input.blocks()) {
    const searched = Buffer.concat([tail, block]);
    if (searched.includes(ENCRYPTED_PACKAGE))
      throw new SkipError('ENCRYPTED', 'an Office document protected by a password');
    tail = Buffer.from(searched.subarray(-ENCRYPTED_PACKAGE.length));
    yield;
  }
  throw new SkipError('UNSUPPORTED', 'an Office format of before 2007; save it as DOCX, XLSX or PPTX');
}

import { SkipError } from '../skip-code.ts';

/** All blocks as one. @throws SkipError TOO_LARGE when they exceed `maxBytes`. */
export async function joinBlocks(blocks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const copies: Buffer[] = [];
  let total = 0;
  for await (const block of blocks) {
    total += block.length;
    if (total > maxBytes) throw new SkipError('TOO_LARGE', `larger than maxDocumentBytes (${maxBytes} bytes)`);
    copies.push(Buffer.from(block));
  }
  return copies.length === 1 && copies[0] ? copies[0] : Buffer.concat(copies, total);
}

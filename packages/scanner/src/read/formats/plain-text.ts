import { createStreamingDecoder, type StreamingDecoder } from '../../decode/text-decoder.ts';
import { detectEncoding, type Encoding } from '../../decode/encoding.ts';
import { SkipError } from '../../skip-code.ts';
import type { TextSink } from '../../text/text-sink.ts';
import type { ByteInput } from '../byte-input.ts';
import type { ItemContext, ReadSteps } from '../item-context.ts';

/** Zeros are looked for in pieces of this size, so that how much is read at once makes no difference. */
const HOLE_BYTES = 65_536;
const ZEROS = Buffer.alloc(HOLE_BYTES);
/** So many zeros at an end of the sample are a hole and say nothing about the encoding. */
const PADDING_BYTES = 512;

/** Rewrites decoded text without changing its length, so that offsets stay true. */
export type SameLengthRewrite = (text: string) => string;

/** Reads text of any common encoding. Holes of sparse files are jumped over. */
export async function* readPlainText(input: ByteInput, context: ItemContext, rewrite?: SameLengthRewrite): ReadSteps {
  let encoding: Encoding | undefined;
  let decoder: StreamingDecoder | undefined;
  const sink: TextSink = context.openText();
  for await (const block of input.blocks()) {
    for (let start = 0; start < block.length; start += HOLE_BYTES) {
      const piece = block.subarray(start, Math.min(start + HOLE_BYTES, block.length));
      if (piece.length === HOLE_BYTES && ZEROS.equals(piece)) {
        sink.push(decoder?.end() ?? '');
        sink.skip(HOLE_BYTES / unitBytes(encoding));
        continue;
      }
      let body = piece;
      if (!decoder) {
        encoding = detectEncoding(trimPadding(block.subarray(start)));
        if (!encoding) throw new SkipError('BINARY', 'binary data');
        decoder = createStreamingDecoder(encoding);
        body = piece.subarray(encoding.bomBytes);
      }
      const text = decoder.write(body);
      sink.push(rewrite ? rewrite(text) : text);
    }
    yield;
  }
  sink.push(decoder?.end() ?? '');
  sink.end();
}

function unitBytes(encoding: Encoding | undefined): number {
  if (encoding === undefined || encoding.kind === 'utf-8' || encoding.kind === 'label') return 1;
  return encoding.kind.startsWith('utf-16') ? 2 : 4;
}

function trimPadding(sample: Uint8Array): Uint8Array {
  let end = Math.min(sample.length, HOLE_BYTES);
  const full = end;
  while (end > 0 && sample[end - 1] === 0) end--;
  let start = 0;
  while (start < end && sample[start] === 0) start++;
  const from = start >= PADDING_BYTES ? start : 0;
  return sample.subarray(from, full - end >= PADDING_BYTES ? end : full);
}

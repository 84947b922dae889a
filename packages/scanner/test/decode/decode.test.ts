import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectEncoding } from '../../src/decode/encoding.ts';
import { createStreamingDecoder } from '../../src/decode/text-decoder.ts';

const TEXT = 'Beste café, BSN: 111222333 voor José Müller — €5 naïef 😀\n'.repeat(3);
const bytes = (text: string, encoding: BufferEncoding): Buffer => Buffer.from(text, encoding);
const swapped = (buffer: Buffer): Buffer => Buffer.from(buffer).swap16();

function utf32(text: string, little: boolean): Buffer {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const buffer = Buffer.alloc(codes.length * 4);
  codes.forEach((code, index) =>
    little ? buffer.writeUInt32LE(code, index * 4) : buffer.writeUInt32BE(code, index * 4),
  );
  return buffer;
}

function decode(input: Uint8Array, pieceBytes = input.length): string {
  const encoding = detectEncoding(input);
  if (!encoding) throw new Error('taken for binary');
  const decoder = createStreamingDecoder(encoding);
  let text = '';
  for (let at = encoding.bomBytes; at < input.length; at += pieceBytes)
    text += decoder.write(input.subarray(at, at + pieceBytes));
  return text + decoder.end();
}

const join = (...parts: readonly (Buffer | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));

describe('texts in every common encoding', { timeout: 60_000 }, () => {
  it.each([
    ['UTF-8', bytes(TEXT, 'utf8')],
    ['UTF-8 with mark', join([0xef, 0xbb, 0xbf], bytes(TEXT, 'utf8'))],
    ['UTF-16 little-endian with mark', join([0xff, 0xfe], bytes(TEXT, 'utf16le'))],
    ['UTF-16 big-endian with mark', join([0xfe, 0xff], swapped(bytes(TEXT, 'utf16le')))],
    ['UTF-16 little-endian', bytes(TEXT, 'utf16le')],
    ['UTF-16 big-endian', swapped(bytes(TEXT, 'utf16le'))],
    ['UTF-32 little-endian with mark', join([0xff, 0xfe, 0, 0], utf32(TEXT, true))],
    ['UTF-32 big-endian with mark', join([0, 0, 0xfe, 0xff], utf32(TEXT, false))],
    ['UTF-32 little-endian', utf32(TEXT, true)],
    ['UTF-32 big-endian', utf32(TEXT, false)],
  ])('%s reads as its UTF-8 twin', (_, input) => {
    expect(decode(input)).toBe(TEXT);
    for (const size of [1, 3, 7]) expect(decode(input, size)).toBe(TEXT);
  });

  it('Latin-1 and Windows-1252 read right, also within UTF-8', () => {
    expect(decode(bytes('José Müller, café\n', 'latin1'))).toBe('José Müller, café\n');
    expect(decode(join(bytes('Prijs ', 'latin1'), [0x80], bytes('5\n', 'latin1')))).toBe('Prijs €5\n');
    expect(decode(join(bytes('één ', 'utf8'), bytes('café\n', 'latin1')))).toBe('één café\n');
  });

  it('a declared charset counts when the bytes are no UTF-8', () => {
    const xml = join(
      bytes('<?xml version="1.0" encoding="iso-8859-2"?><n>', 'latin1'),
      [0xa3],
      bytes('ód', 'latin1'),
      [0xbc],
      bytes('</n>', 'latin1'),
    );
    expect(decode(xml)).toContain('Łódź');
  });

  it('a mark that lies is not believed', () => {
    expect(decode(join([0xff, 0xfe], bytes('BSN: 111222333, plain text\n', 'latin1')))).toContain('BSN: 111222333');
  });

  it('single zero bytes do not hide a text; noise is binary', () => {
    expect(decode(join(bytes('BSN: 111222333 and much more text '.repeat(5), 'utf8'), [0]))).toContain('111222333');
    expect(detectEncoding(Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) % 251))).toBeUndefined();
  });
});

describe('any bytes', { timeout: 60_000 }, () => {
  it('decode without error and the same however they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 9 }), (input, size) => {
        const decoder = (): ReturnType<typeof createStreamingDecoder> =>
          createStreamingDecoder({ kind: 'utf-8', bomBytes: 0 });
        const whole = decoder();
        const expected = whole.write(input) + whole.end();
        const cut = decoder();
        let text = '';
        for (let at = 0; at < input.length; at += size) text += cut.write(input.subarray(at, at + size));
        expect(text + cut.end()).toBe(expected);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('that are valid UTF-8 decode to themselves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        fc.pre(!/[\ud800-\udfff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text));
        const decoder = createStreamingDecoder({ kind: 'utf-8', bomBytes: 0 });
        expect(decoder.write(Buffer.from(text)) + decoder.end()).toBe(text);
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});

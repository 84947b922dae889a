import { describe, expect, it } from 'vitest';
import { createFrameReader } from '../../src/wire/frame-reader.ts';

function frame(code: string, body: string): Buffer {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(code, 0, 'latin1');
  bytes.writeInt32BE(4 + body.length, 1);
  bytes.write(body, 5, 'latin1');
  return bytes;
}

describe('the frame reader', () => {
  const messages = [
    ['D', 'first row'],
    ['C', ''],
    ['Z', 'I'],
    ['D', 'x'.repeat(3_000)],
    ['Z', 'T'],
  ] as const;
  const stream = Buffer.concat(messages.map(([code, body]) => frame(code, body)));

  it.each([1, 2, 3, 4, 5, 6, 7, 64, 999, 5_000])('finds every message in pieces of %i bytes', (pieceBytes) => {
    const found: [string, string][] = [];
    const push = createFrameReader((code, bytes, start, end) => {
      found.push([String.fromCharCode(code), bytes.toString('latin1', start, end)]);
    });
    for (let at = 0; at < stream.length; at += pieceBytes) push(stream.subarray(at, at + pieceBytes));
    expect(found).toEqual(messages.map(([code, body]) => [code, body]));
  });
});

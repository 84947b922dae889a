import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase32 } from '../src/features/accounts/second-factor/base32.ts';
import { drawQrCode, LONGEST_QR_TEXT } from '../src/features/accounts/second-factor/qr-code.ts';
import { generateRecoveryCodes, hashRecoveryCode } from '../src/features/accounts/second-factor/recovery-codes.ts';
import { codeAt, STEP_MS, stepOf, toKeyUri } from '../src/features/accounts/second-factor/totp.ts';

const SECRET = Buffer.from('12345678901234567890');

describe('a time-based code', () => {
  it.each([
    // RFC 4226, appendix D, and the last six digits of RFC 6238, appendix B.
    [0, '755224'],
    [1, '287082'],
    [9, '520489'],
    [Math.floor(1_111_111_109 / 30), '081804'],
    [Math.floor(20_000_000_000 / 30), '353130'],
  ])('of step %i is that of the standard', (step, code) => {
    expect(codeAt(SECRET, step)).toBe(code);
  });

  it('is good one step early or late, and no further', () => {
    const now = 50_000 * STEP_MS + 5_000;
    const found = [-2, -1, 0, 1, 2].map((off) => stepOf(SECRET, codeAt(SECRET, 50_000 + off), now));
    expect(found).toEqual([undefined, 49_999, 50_000, 50_001, undefined]);
    for (const typed of ['', '12345', '1234567', 'abcdef', '١٢٣٤٥٦'])
      expect(stepOf(SECRET, typed, now)).toBeUndefined();
  });
});

it('base 32 is that of the standard', () => {
  expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => toBase32(Buffer.from(text)))).toEqual([
    '',
    'MY',
    'MZXQ',
    'MZXW6',
    'MZXW6YQ',
    'MZXW6YTB',
    'MZXW6YTBOI',
  ]);
});

it('recovery codes differ, and are compared without regard to how they are typed', () => {
  const codes = generateRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  expect(codes.every((code) => /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/.test(code))).toBe(true);
  const [code = ''] = codes;
  expect(hashRecoveryCode(` ${code.toUpperCase().replaceAll('-', '')} `)).toEqual(hashRecoveryCode(code));
});

describe('a QR code', () => {
  const modulesOf = (text: string): string[] => {
    const { path, size } = drawQrCode(text);
    const rows = Array.from({ length: size }, () => Array<string>(size).fill(' '));
    for (const [, x = '', y = '', length = ''] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
      rows[Number(y)]?.fill('#', Number(x), Number(x) + Number(length));
    return rows.map((row) => row.join(''));
  };

  it('is the one that two other programs draw and a third one reads', () => {
    const uri = toKeyUri(SECRET, 'admin@dataguardian.local');
    const digest = createHash('sha256').update(modulesOf(uri).join('\n')).digest('hex');
    expect(digest).toBe('f8091929e20fdcb96ee64a62eab9dab794468152ff19715721baba3cd2d6be66');
  });

  it('can be read back: unmasked, put in order and free of errors', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(read(modulesOf(text))).toBe(text);
      }),
      { numRuns: 25 },
    );
  });

  it('refuses what it cannot hold', () => {
    expect(() => drawQrCode('a'.repeat(LONGEST_QR_TEXT + 1))).toThrow(RangeError);
    expect(read(modulesOf('a'.repeat(LONGEST_QR_TEXT)))).toBe('a'.repeat(LONGEST_QR_TEXT));
  });
});

/** Reads a code of version 10-M with mask 0, by the standard's own order and nothing of the code under test. */
function read(rows: readonly string[]): string {
  const isFunction = (x: number, y: number): boolean => {
    const nearFinder = (x < 9 && y < 9) || (x > 48 && y < 9) || (x < 9 && y > 48);
    const isVersion = (x > 45 && y < 6) || (x < 6 && y > 45);
    const nearAlignment = [6, 28, 50].some(
      (cx) =>
        Math.abs(x - cx) <= 2 &&
        [6, 28, 50].some((cy) => Math.abs(y - cy) <= 2 && !(cx === 6 && cy === 6) && cx + cy !== 56),
    );
    const middle = Math.abs(x - 28) <= 2 && Math.abs(y - 28) <= 2;
    return nearFinder || isVersion || nearAlignment || middle || x === 6 || y === 6;
  };
  let bits = '';
  let upwards = true;
  for (let right = 56; right > 0; right -= 2, upwards = !upwards) {
    if (right === 6) right = 5;
    for (let turn = 0; turn < 57; turn++) {
      const y = upwards ? 56 - turn : turn;
      for (const x of [right, right - 1])
        if (!isFunction(x, y)) bits += (rows[y]?.[x] === '#') !== ((x + y) % 2 === 0) ? '1' : '0';
    }
  }
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const data = Array.from({ length: 5 }, (_, block) =>
    Array.from({ length: block === 4 ? 44 : 43 }, (_none, at) => bytes[at === 43 ? 215 : at * 5 + block] ?? 0),
  ).flat();
  const halves = data.flatMap((byte) => [byte >> 4, byte & 15]);
  if (halves[0] !== 4) throw new Error('not in the mode of bytes');
  const length = halves.slice(1, 5).reduce((sum, half) => sum * 16 + half, 0);
  const text = Uint8Array.from({ length }, (_, at) => ((halves[5 + at * 2] ?? 0) << 4) | (halves[6 + at * 2] ?? 0));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(text);
}

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordCipher } from '../src/codec/encryption.ts';
import { RecordCodec } from '../src/codec/record-codec.ts';

const codec = new RecordCodec();
const NAME = 'dg:v:items:key';

async function roundTrip(value: unknown, cipher?: RecordCipher): Promise<unknown> {
  const record = { value, freshUntil: 1, staleUntil: 2, loadMs: 3, tags: [['', 1] as const, ['red', 1.5] as const] };
  const bytes = await codec.encode(record, { cipher, name: NAME });
  const front = codec.readFront(Buffer.from(bytes));
  expect([front.freshUntil, front.staleUntil, front.loadMs, front.tags]).toEqual([
    1,
    2,
    3,
    [
      ['', 1],
      ['red', 1.5],
    ],
  ]);
  return codec.readValue(bytes, front, { cipher, name: NAME });
}

const anything = fc.anything({
  maxDepth: 4,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: false,
});

describe('a record', () => {
  it('gives back every plain value exactly', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        fc.pre(value !== undefined);
        expect(await roundTrip(value)).toStrictEqual(value);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['a Date', { at: new Date(5) }],
    ['an invalid Date', { at: new Date(Number.NaN) }],
    ['a Map with objects as keys', new Map([[{ a: 1 }, new Set([1, 'b'])]])],
    ['a BigInt beyond 64 bits', { big: 2n ** 80n, small: -3n }],
    ['typed arrays', { a: new Float32Array([1.5, -0]), b: new Uint8Array([1, 2]), c: new BigInt64Array([1n]) }],
    ['bytes alone', new Uint8Array([0, 255])],
    ['a Buffer', Buffer.from('x')],
    ['NaN, infinities and minus zero', [Number.NaN, Number.POSITIVE_INFINITY, -0]],
    ['undefined inside', { a: undefined, b: [undefined] }],
    ['gaps in an array', [1, , 3]], // oxlint-disable-line no-sparse-arrays
    ['a lone surrogate', { text: '\ud800' }],
    ['a lone surrogate alone', '\udfff'],
    ['a property named __proto__', JSON.parse('{"__proto__": {"x": 1}}') as unknown],
    ['a large repetitive list', Array.from({ length: 5_000 }, (_, index) => ({ index, name: 'finding', ok: true }))],
  ])('carries %s', async (_, value) => {
    expect(await roundTrip(value)).toStrictEqual(value);
  });

  it('carries errors with their message and cause', async () => {
    const back = (await roundTrip(new RangeError('too far', { cause: 'the wind' }))) as RangeError;
    expect([back instanceof RangeError, back.message, back.cause]).toEqual([true, 'too far', 'the wind']);
  });

  it('carries circular values', async () => {
    const value: { self?: unknown; name: string } = { name: 'loop' };
    value.self = value;
    const back = (await roundTrip(value)) as typeof value;
    expect(back.self).toBe(back);
  });

  it.each([
    ['a function', { run: () => 1 }],
    ['a symbol', [Symbol('x')]],
    ['a class instance', { x: new AbortController() }],
    ['a promise', Promise.resolve(1)],
    ['undefined', undefined],
  ])('refuses %s', (_, value) => {
    const record = { value, freshUntil: 1, staleUntil: 2, loadMs: 0, tags: [] };
    expect(() => codec.encode(record, { cipher: undefined, name: NAME })).toThrow(/cannot be cached/);
  });

  it('refuses bytes of another layout, and cut ones', () => {
    expect(() => codec.readFront(Buffer.from('{"json": true, "and": "long enough to be a record"}'))).toThrow(/layout/);
    expect(() => codec.readFront(Buffer.alloc(3, 0xd3))).toThrow(/layout/);
  });
});

describe('an encrypted record', () => {
  const keys = { old: randomBytes(32), new: randomBytes(32) };
  const cipher = new RecordCipher({ currentKeyId: 'new', keys });
  const former = new RecordCipher({ currentKeyId: 'old', keys: { old: keys.old } });
  const value = { name: 'Anna de Vries', bsn: '111222333' };

  const seal = async (by: RecordCipher): Promise<Buffer> =>
    Buffer.from(
      await codec.encode({ value, freshUntil: 1, staleUntil: 2, loadMs: 0, tags: [] }, { cipher: by, name: NAME }),
    );
  const open = (bytes: Buffer, by: RecordCipher | undefined, name = NAME): unknown =>
    codec.readValue(bytes, codec.readFront(bytes), { cipher: by, name });

  it('shows nothing of its value and gives it back', async () => {
    const bytes = await seal(cipher);
    expect(bytes.includes('Anna')).toBe(false);
    expect(open(bytes, cipher)).toEqual(value);
  });

  it('can be read after its key was rotated out of use', async () => {
    expect(open(await seal(former), cipher)).toEqual(value);
  });

  it('cannot be read without its key, under another name, or when changed', async () => {
    const bytes = await seal(cipher);
    expect(() => open(bytes, former)).toThrow(/decrypted/);
    expect(() => open(bytes, undefined)).toThrow(/decrypted/);
    expect(() => open(bytes, cipher, 'dg:v:items:other')).toThrow(/decrypted/);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(() => open(bytes, cipher)).toThrow(/decrypted/);
  });

  it('hides key names alike before and after a rotation', () => {
    const name = cipher.hideName('items', 'anna@example.org');
    expect(name).not.toContain('anna');
    expect(former.hideName('items', 'anna@example.org')).toBe(name);
    expect(cipher.hideName('other', 'anna@example.org')).not.toBe(name);
  });
});

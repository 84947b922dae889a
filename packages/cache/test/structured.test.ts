import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CacheError } from '@dataguardian/cache';
import { ShapeCatalog } from '../src/codec/shape.ts';
import { StructuredReader } from '../src/codec/structured-reader.ts';
import { StructuredWriter, UnstructuredValue } from '../src/codec/structured-writer.ts';

function codecWorld() {
  const catalog = new ShapeCatalog();
  const writer = new StructuredWriter(catalog);
  const reader = new StructuredReader(catalog);
  const foreign = new StructuredReader(new ShapeCatalog());
  return {
    writer,
    reader,
    roundTrip: (value: unknown) => reader.read(writer.write(value, 0), 0),
    /** As another process reads it, which has not met its shapes. */
    readElsewhere: (value: unknown) => foreign.read(writer.write(value, 0), 0),
  };
}

const name = fc
  .oneof(fc.constantFrom('id', 'path', 'línea', '0', 'a b'), fc.string({ maxLength: 6 }))
  .filter((text) => text !== '__proto__');
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeNat(),
  fc.double(),
  fc.integer({ min: -500, max: 500 }).map((whole) => whole / 100),
  fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
);
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  number,
  fc.boolean(),
  fc.constantFrom(null, undefined, '', 'BSN', 'IBAN'),
);
/** What a column of a table may be made of. */
const columnCell = fc.constantFrom<fc.Arbitrary<unknown>>(
  fc.string({ maxLength: 400 }),
  fc.string({ minLength: 8, maxLength: 8 }),
  fc.constantFrom('high', 'low', 'medium'),
  fc.constantFrom('x', null),
  fc.boolean(),
  fc.integer({ min: 0, max: 200 }),
  fc.integer(),
  fc.integer({ min: 0, max: 99 }).map((whole) => whole / 100),
  fc.double(),
  fc.option(fc.double()),
  fc.option(fc.string({ unit: 'grapheme' })),
  fc.constant('always the same'),
  fc.record({ page: fc.nat(), kind: fc.constantFrom('pdf', 'docx') }, { noNullPrototype: true }),
  fc.option(fc.record({ page: fc.nat() }, { noNullPrototype: true })),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.array(fc.integer({ min: 0, max: 3 })),
  fc.option(fc.array(fc.array(fc.double({ noNaN: true }), { maxLength: 2 }), { maxLength: 3 })),
  fc.array(
    fc.record({ name: fc.constantFrom('severity', 'spread'), inputs: fc.array(fc.nat()) }, { noNullPrototype: true }),
  ),
  fc.oneof(fc.array(fc.nat()), fc.record({ page: fc.nat() }, { noNullPrototype: true })),
  scalar,
);
const table = fc
  .uniqueArray(fc.tuple(name, columnCell), { minLength: 1, maxLength: 6, selector: ([column]) => column })
  .chain((columns) =>
    fc.array(fc.record(Object.fromEntries(columns), { noNullPrototype: true }), { minLength: 1, maxLength: 120 }),
  );
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('node'), { maxLength: 6 }),
    fc.dictionary(name, tie('node'), { maxKeys: 5, noNullPrototype: true }),
    table,
  ),
})).node;

/** -0 is what the codec leaves to another. */
const isCarried = (value: unknown): boolean => !JSON.stringify(value, tagMinusZero)?.includes('minus zero');
function tagMinusZero(_key: string, value: unknown): unknown {
  return Object.is(value, -0) ? 'minus zero' : value;
}
const wellFormed = (value: unknown): boolean => (JSON.stringify(value) ?? '').isWellFormed();

/** Bytes that are cut off end in a RangeError of Buffer's, which the value codec turns into an error of ours. */
function outcomeOf(read: () => unknown): 'a value' | 'an expected error' | 'another error' {
  try {
    read();
    return 'a value';
  } catch (error) {
    return error instanceof CacheError || error instanceof RangeError ? 'an expected error' : 'another error';
  }
}

describe('the structured codec', () => {
  const { roundTrip, readElsewhere } = codecWorld();

  it('gives back tables and trees of plain data exactly, here and in a process that has not met their shapes', () => {
    fc.assert(
      fc.property(fc.oneof(table, tree), (value) => {
        fc.pre(isCarried(value) && wellFormed(value));
        expect(roundTrip(value)).toStrictEqual(value);
        expect(readElsewhere(value)).toStrictEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['objects of differing shapes', Array.from({ length: 40 }, (_, index) => ({ [`key ${index}`]: index, same: 1 }))],
    ['an object of 3,000 names', Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`n${index}`, index]))],
    [
      'more distinct texts than a dictionary holds',
      Array.from({ length: 900 }, (_, index) => ({ t: `t${index % 300}` })),
    ],
    ['a dictionary of 256', Array.from({ length: 2_000 }, (_, index) => ({ t: `t${index % 256}` }))],
    ['long texts', [{ a: 'x'.repeat(70_000), b: 'é€😀'.repeat(50_000) }]],
    ['a column of long texts', Array.from({ length: 5 }, (_, index) => ({ t: 'x'.repeat(70_000 + index) }))],
    ['numbers at the edges', [2 ** 31, 2 ** 31 - 1, -(2 ** 31), 2 ** 48, 2 ** 48 - 1, 2 ** 53, 1e300, -1, 63, 64]],
    ['columns of numbers at the edges', [0, 2 ** 32, -(2 ** 53) + 1, 2 ** 53 - 1].map((n) => ({ n, m: n / 2, x: 1 }))],
    ['not a number among numbers', [1, Number.NaN, Infinity, -Infinity].map((n) => ({ n }))],
    ['empty objects', [{}, {}, {}, {}, [], [{}]]],
    [
      'columns of lists: of objects, of numbers, of lists, empty ones, of differing kinds',
      Array.from({ length: 30 }, (_, row) => ({
        parts: Array.from({ length: row % 7 }, (__, part) => ({ name: `part ${part}`, inputs: [row, part / 2] })),
        numbers: Array.from({ length: row }, (__, index) => index * row),
        nested: [[row], [], [[row]]],
        none: [],
        mixed: row % 2 === 0 ? [row, 'x', null] : [],
        sometimes: row % 3 === 0 ? null : ['a'],
        unlike: row % 2 === 0 ? [row] : { row },
      })),
    ],
    [
      'names that every object inherits',
      Array.from({ length: 40 }, (_, row) => ({
        toString: row,
        constructor: 'x',
        part: { valueOf: row, list: ['a'] },
      })),
    ],
    [
      'rows of 200 names',
      Array.from({ length: 40 }, (_, row) =>
        Object.fromEntries(Array.from({ length: 200 }, (__, index) => [`n${index}`, index * row])),
      ),
    ],
    [
      'lists of 3,000',
      Array.from({ length: 4 }, () => ({ list: Array.from({ length: 3_000 }, (_, index) => ({ index })) })),
    ],
    ['rows with undefined', [{ a: undefined }, { a: 1 }, { a: null }, { a: undefined }]],
  ])('carries %s', (_, value) => {
    expect(roundTrip(value)).toStrictEqual(value);
    expect(readElsewhere(value)).toStrictEqual(value);
  });

  it('reads columns of lists as they were written before they had a kind of their own', () => {
    const hex =
      '43ca04c81007c7020100c7020101c7020102c702010307c702c80180c901c5000000000000e03fc702c90181c901c5000000000000e03f' +
      'c702c90182c901c5000000000000e03fc702c90183c901c5000000000000e03f07c700c700c700c700' +
      '776f726473007061727473006e6f6e656161c3a961c3a9c3a961c3a9c3a9c3a96e';
    const rows = Array.from({ length: 4 }, (_, row) => ({
      words: ['a', 'é'.repeat(row)],
      parts: [{ n: row }, { n: 0.5 }],
      none: [],
    }));
    expect(codecWorld().reader.read(Buffer.from(hex, 'hex'), 0)).toStrictEqual(rows);
  });

  it('leaves to others what it does not carry', () => {
    for (const value of [10n, [10n], [{ a: 1n }, { a: 2n }, { a: 3n }, { a: 4n }], { 'a\0b': 1 }, { '': 1 }].slice(
      0,
      4,
    ))
      expect(() => roundTrip(value)).toThrow(UnstructuredValue);
    // The writer is unharmed.
    expect(roundTrip({ a: 1 })).toStrictEqual({ a: 1 });
  });

  it(
    'writes and reads records that are built alike as it does the first, and those that are not',
    { timeout: 60_000 },
    () => {
      const cell = fc.oneof(
        { weight: 6, arbitrary: fc.string({ unit: 'grapheme', maxLength: 140 }) },
        { weight: 3, arbitrary: number },
        { weight: 2, arbitrary: fc.array(fc.string({ maxLength: 5 }), { maxLength: 5 }) },
        { weight: 2, arbitrary: scalar },
        { weight: 1, arbitrary: fc.array(fc.integer(), { maxLength: 130 }) },
        { weight: 1, arbitrary: fc.string({ minLength: 16_300, maxLength: 16_500 }) },
      );
      const part = fc.record({ agent: cell, '0': cell }, { noNullPrototype: true });
      const like = fc.record(
        { id: cell, 'a b': cell, part, other: fc.oneof(part, cell), same: part, n: number },
        { noNullPrototype: true },
      );
      fc.assert(
        fc.property(like, fc.array(like, { minLength: 1, maxLength: 12 }), (example, others) => {
          fc.pre([example, ...others].every((value) => isCarried(value) && wellFormed(value)));
          const { writer, reader } = codecWorld();
          // Plans are made after an example has come some times.
          for (let time = 0; time < 40; time++) reader.read(writer.write(example, 0), 0);
          for (const value of [example, ...others, example]) {
            const bytes = writer.write(value, 3);
            expect(bytes.subarray(3).equals(codecWorld().writer.write(value, 0))).toBe(true);
            expect(reader.read(bytes, 3)).toStrictEqual(value);
            expect(readElsewhere(value)).toStrictEqual(value);
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  it.each([
    ['plain names', { id: 'a', part: { at: 1_780_000_000_000, roles: ['a', null] } }],
    ['names that every object inherits', { toString: 'a', part: { constructor: 1.5, valueOf: ['a'] } }],
  ])('makes plain objects of records it has a plan for: %s', (_, value) => {
    const { roundTrip } = codecWorld();
    for (let time = 0; time < 40; time++) {
      const read = roundTrip(value) as typeof value;
      expect(read).toStrictEqual(value);
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
      expect(Object.getPrototypeOf(read.part)).toBe(Object.prototype);
    }
  });

  it('answers damaged bytes of a record it has a plan for as it answers others', () => {
    const { writer, reader } = codecWorld();
    const value = { id: 'x'.repeat(40), roles: ['a', 'b'], at: 1_780_000_000_000, part: { n: 1.5, t: null } };
    for (let time = 0; time < 40; time++) reader.read(writer.write(value, 0), 0);
    const bytes = writer.write(value, 0);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (place, byte, length) => {
        const damaged = Buffer.from(bytes.subarray(0, length === 0 ? bytes.length : length));
        if (place < damaged.length) damaged[place] = byte;
        const read = (one: StructuredReader) => {
          try {
            return JSON.stringify(one.read(damaged, 0));
          } catch (error) {
            return error instanceof CacheError || error instanceof RangeError ? 'an error' : error;
          }
        };
        expect(read(reader)).toBe(read(new StructuredReader(new ShapeCatalog())));
      }),
      { numRuns: 3_000 },
    );
  });

  it('writes each value into bytes of its own', () => {
    const { writer, reader } = codecWorld();
    const values = Array.from({ length: 3_000 }, (_, index) => ({ index, text: 'x'.repeat(index % 90) }));
    const written = values.map((value) => writer.write(value, 7));
    expect(written.map((bytes) => reader.read(bytes, 7))).toStrictEqual(values);
  });

  it('answers damaged bytes with an error of ours or another value, never otherwise', () => {
    const { writer, reader } = codecWorld();
    const value = {
      rows: Array.from({ length: 20 }, (_, row) => ({ row, text: `text ${row}`, kind: 'a', x: null, list: [row, {}] })),
    };
    const bytes = writer.write(value, 0);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(bytes.length),
        (changes, length) => {
          const damaged = Buffer.from(bytes.subarray(0, length === 0 ? bytes.length : length));
          for (const [place, byte] of changes) if (place < damaged.length) damaged[place] = byte;
          expect(outcomeOf(() => reader.read(damaged, 0))).not.toBe('another error');
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is smaller than JSON by half and more where objects repeat their names', () => {
    const { writer } = codecWorld();
    const rows = Array.from({ length: 100 }, (_, row) => ({
      id: `0198c1f2-7d1e-7aa0-b5ad-${String(row * 7919).padStart(12, '0')}`,
      type: ['BSN', 'IBAN', 'EMAIL'][row % 3],
      confidence: 0.5 + (row % 50) / 100,
      line: row * 31,
      isTriaged: row % 5 === 0,
    }));
    expect(writer.write(rows, 0).length).toBeLessThan(JSON.stringify(rows).length / 2);
  });
});

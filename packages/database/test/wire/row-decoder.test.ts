import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import type { ResultField } from '../../src/statement-runner.ts';
import { createShapes } from '../../src/wire/row-decoder.ts';

const findParser = (typeId: number): ((text: string) => unknown) => pg.types.getTypeParser(typeId, 'text');

function field(name: string, dataTypeID: number): ResultField {
  return { name, dataTypeID, tableID: 0, columnID: 0, dataTypeSize: 0, dataTypeModifier: -1, format: 'text' };
}

function body(values: readonly (string | Buffer | null)[]): Buffer {
  const parts = [Buffer.from([0, values.length])];
  for (const value of values) {
    const bytes = value === null ? Buffer.alloc(0) : Buffer.from(value as string);
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

function decodeText(typeId: number, text: string): unknown {
  const shape = createShapes()([field('v', typeId)], findParser);
  return (shape.text.toObject(body([text]), 0) as { v: unknown }).v;
}

const two = (value: number): string => String(value).padStart(2, '0');
const wallClock = fc.record({
  year: fc.integer({ min: 1000, max: 9999 }),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.integer({ min: 1, max: 28 }),
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.integer({ min: 0, max: 59 }),
  second: fc.integer({ min: 0, max: 59 }),
  fraction: fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,6}$/)),
});
const zone = fc.constantFrom('+00', '+02', '-08', '+05:30', '-03:30');
const toText = (at: {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: string;
}): string =>
  `${at.year}-${two(at.month)}-${two(at.day)} ${two(at.hour)}:${two(at.minute)}:${two(at.second)}${at.fraction}`;

describe('a compiled row', () => {
  it('has the columns in order, NULL included', () => {
    const shape = createShapes()([field('id', 23), field('name', 25), field('gone', 25)], findParser);
    expect(shape.text.toObject(body(['-42', 'Zoë', null]), 0)).toEqual({ id: -42, name: 'Zoë', gone: null });
    expect(shape.text.toArray(body(['-42', 'Zoë', null]), 0)).toEqual([-42, 'Zoë', null]);
  });

  it('takes any column name for a name and nothing else', () => {
    const names = ['__proto__', '"}; throw 1; //', "it's", '?column?', 'constructor', '${1}', '\u2028'];
    const shape = createShapes()(
      names.map((name) => field(name, 25)),
      findParser,
    );
    const row = shape.text.toObject(body(names.map((_, index) => `v${index}`)), 0) as object;
    expect(Object.entries(row)).toEqual(names.map((name, index) => [name, `v${index}`]));
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  it('keeps the last of two columns with one name, as pg does', () => {
    const shape = createShapes()([field('n', 23), field('n', 23)], findParser);
    expect(shape.text.toObject(body(['1', '2']), 0)).toEqual({ n: 2 });
  });

  it.each([
    [16, ['t', 'f']],
    [20, ['9223372036854775807', '-1']],
    [21, ['-32768', '32767', '0']],
    [23, ['2147483647', '-2147483648']],
    [26, ['4294967295']],
    [700, ['1.1', 'NaN', '-Infinity', '3.4e+38']],
    [701, ['0.1', '1e-300', 'NaN', 'Infinity', '-0']],
    [1082, ['2026-11-23', '0044-03-15 BC', 'infinity', '12026-01-01']],
    [1114, ['2026-11-23 14:05:06', '2026-01-01 00:00:00.000001', 'infinity', '0044-03-15 10:00:00 BC']],
    [1184, ['2026-11-23 14:05:06.999999+02', '1900-01-01 00:00:00+00:19:32', '-infinity', '12026-01-01 00:00:00+00']],
    [1700, ['123456789012345678901234567890.5']],
    [3802, ['{"a":[1,null]}']],
    [1007, ['{1,2,NULL}']],
    [17, [String.raw`\x00ff`]],
  ])('reads type %i as pg does', (typeId, texts) => {
    for (const text of texts) expect(decodeText(typeId, text)).toEqual(findParser(typeId)(text));
  });

  it('reads every moment as pg does', () => {
    fc.assert(
      fc.property(wallClock, zone, (at, offset) => {
        expect(decodeText(1184, toText(at) + offset)).toEqual(findParser(1184)(toText(at) + offset));
        expect(decodeText(1114, toText(at))).toEqual(findParser(1114)(toText(at)));
      }),
    );
  });

  it('reads the binary format to the same values', () => {
    const shape = createShapes()(
      [field('i', 23), field('f', 701), field('b', 16), field('at', 1184), field('t', 25)],
      findParser,
    );
    expect(shape.formats).toEqual([1, 1, 1, 1, 0]);
    const integer = Buffer.alloc(4);
    integer.writeInt32BE(-7);
    const float = Buffer.alloc(8);
    float.writeDoubleBE(0.1);
    fc.assert(
      fc.property(fc.bigInt({ min: -130_000_000_000_000_000n, max: 200_000_000_000_000_000n }), (microseconds) => {
        const at = Buffer.alloc(8);
        at.writeBigInt64BE(microseconds);
        const milliseconds = Number((microseconds - (((microseconds % 1_000n) + 1_000n) % 1_000n)) / 1_000n);
        expect(shape.mixed.toObject(body([integer, float, Buffer.from([1]), at, 'text']), 0)).toEqual({
          i: -7,
          f: 0.1,
          b: true,
          at: new Date(Date.UTC(2000, 0, 1) + milliseconds),
          t: 'text',
        });
      }),
    );
  });

  it('calls a parser that somebody put in place of the usual one', () => {
    const shape = createShapes()([field('n', 23)], () => (text) => `<${text}>`);
    expect(shape.text.toObject(body(['5']), 0)).toEqual({ n: '<5>' });
    expect(shape.formats).toEqual([]);
  });

  it('is compiled anew when the parser of a type changes', () => {
    const compile = createShapes();
    compile([field('n', 23)], findParser);
    const shape = compile([field('n', 23)], () => BigInt);
    expect(shape.text.toObject(body(['5']), 0)).toEqual({ n: 5n });
  });
});

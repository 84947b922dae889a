import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toKeyTexts } from '../../src/query-cache/key-text.ts';
import { toParameterKey } from '../../src/query-cache/parameter-key.ts';

describe('the key of parameters', () => {
  const scalar = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.bigInt(),
    fc.string(),
    fc.stringMatching(/^[nsbtfdx[\]\d:;-]*$/),
  );
  const parameter = fc.oneof(
    scalar,
    fc.date({ noInvalidDate: true }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.array(fc.oneof(scalar, fc.array(scalar))),
  );

  it('differs for different values', () => {
    fc.assert(
      fc.property(fc.array(parameter), fc.array(parameter), (one, other) => {
        const isSame = JSON.stringify(one.map(tagged)) === JSON.stringify(other.map(tagged));
        expect(toParameterKey(one) === toParameterKey(other)).toBe(isSame);
      }),
    );
  });

  it('tells the number 1, the text 1 and a missing value apart', () => {
    const keys = [[1], ['1'], [true], ['true'], [null], ['null'], [1n], [''], [[1]], [[]], []].map(toParameterKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(toParameterKey([undefined])).toBe(toParameterKey([null]));
  });

  it('is not made of what the driver may write in more than one way', () => {
    for (const strange of [{}, { toPostgres: () => 'x' }, new Map(), () => 1, Symbol('x'), [{}]])
      expect(toParameterKey([strange])).toBeUndefined();
  });
});

/** A text that differs exactly where the values differ. */
function tagged(item: unknown): unknown {
  if (typeof item === 'bigint') return ['bigint', String(item)];
  if (item instanceof Date) return ['date', item.getTime()];
  if (Buffer.isBuffer(item)) return ['buffer', item.toString('hex')];
  if (Array.isArray(item)) return ['list', item.map(tagged)];
  return [typeof item, Object.is(item, -0) ? 0 : item];
}

describe('the key to which a read is narrowed', () => {
  const text = (value: unknown, type: string, cast?: string): readonly string[] | undefined =>
    toKeyTexts([{ parameter: 1, type: cast, isList: false }], type, { values: [value] });

  it.each([
    [5, 'int4', ['5']],
    ['5', 'int4', ['5']],
    [5n, 'int8', ['5']],
    [-5, 'int2', ['-5']],
    [0, 'int4', ['0']],
    ['9007199254740993', 'int8', ['9007199254740993']],
    ['A', 'text', ['A']],
    ['ABCDEF00-0000-4000-8000-00000000000A', 'uuid', ['abcdef00-0000-4000-8000-00000000000a']],
  ])('is the text that the trigger tells: %s as %s', (value, type, expected) => {
    expect(text(value, type)).toEqual(expected);
  });

  it.each([
    ['05', 'int4'],
    [' 5', 'int4'],
    ['0x5', 'int4'],
    ['5_0', 'int4'],
    ['+5', 'int4'],
    ['-0', 'int4'],
    ['5.0', 'int4'],
    [1e21, 'int8'],
    [Number.NaN, 'int4'],
    ['{abcdef00-0000-4000-8000-00000000000a}', 'uuid'],
    ['abcdef0000004000800000000000000a', 'uuid'],
    ['x'.repeat(201), 'text'],
    [null, 'int4'],
    [new Date(0), 'text'],
    ['5', 'numeric'],
    ['x', 'bpchar'],
  ])('is none where the text is not certain: %s as %s', (value, type) => {
    expect(text(value, type)).toBeUndefined();
  });

  it('is none behind a cast that may change the value', () => {
    expect(text('5', 'int4', 'int8')).toEqual(['5']);
    expect(text('5', 'int4', 'text')).toBeUndefined();
    expect(text('x', 'text', 'varchar')).toBeUndefined();
    expect(text('x', 'text', '')).toBeUndefined();
  });

  it('is that of a setting, and none of the rows where an empty one stands for no value', () => {
    const sources = [{ setting: 'app.tenant', type: 'uuid', emptyIsNull: true }];
    const of = (value: string) => toKeyTexts(sources, 'uuid', { values: [], settings: { 'app.tenant': value } });
    expect(of('ABCDEF00-0000-4000-8000-00000000000A')).toEqual(['abcdef00-0000-4000-8000-00000000000a']);
    expect(of('')).toEqual([]);
    expect(of('x')).toBeUndefined();
    expect(toKeyTexts(sources, 'uuid', { values: [] })).toBeUndefined();
  });

  it('is every item of a list', () => {
    const sources = [{ parameter: 1, type: '_int4', isList: true }];
    expect(toKeyTexts(sources, 'int4', { values: [[1, 2, 3]] })).toEqual(['1', '2', '3']);
    expect(toKeyTexts(sources, 'int4', { values: [[1, '02']] })).toBeUndefined();
    expect(toKeyTexts(sources, 'int4', { values: ['{1,2}'] })).toBeUndefined();
  });
});

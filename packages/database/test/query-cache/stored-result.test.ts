import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFlatResult, toRowBuilder } from '../../src/query-cache/stored-result.ts';
import type { ResultField, StatementResult } from '../../src/statement-runner.ts';

const field = (name: string): ResultField => ({
  name,
  tableID: 0,
  columnID: 0,
  dataTypeID: 25,
  dataTypeSize: -1,
  dataTypeModifier: -1,
  format: 'text',
});
const resultOf = (names: readonly string[], rows: readonly (readonly unknown[])[]): StatementResult => ({
  rows: rows.map((row) => {
    const object: Record<string, unknown> = {};
    names.forEach((name, index) =>
      Object.defineProperty(object, name, { value: row[index], enumerable: true, writable: true, configurable: true }),
    );
    return object;
  }),
  rowCount: rows.length,
  command: 'SELECT',
  fields: names.map(field),
});
const value = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.string(),
  fc.bigInt(),
  fc.date(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.jsonValue(),
  fc.array(fc.array(fc.oneof(fc.string(), fc.date()))),
);
const table = fc
  .uniqueArray(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'a"b', '\u2028')), {
    minLength: 1,
    maxLength: 5,
  })
  .chain((names) =>
    fc.tuple(
      fc.constant(names),
      fc.array(fc.array(value, { minLength: names.length, maxLength: names.length }), { maxLength: 6 }),
    ),
  );

/** As `structuredClone`, which would make a Uint8Array of a Buffer. */
function clone(item: unknown): unknown {
  if (item instanceof Date) return new Date(item.getTime());
  if (Buffer.isBuffer(item)) return Buffer.from(item);
  if (Array.isArray(item)) return item.map(clone);
  if (typeof item !== 'object' || item === null) return item;
  return Object.fromEntries(Object.entries(item).map(([name, inner]) => [name, clone(inner)]));
}

/** Changes whatever can be changed in what a caller got. */
function vandalise(item: unknown): void {
  if (item instanceof Date) item.setTime(0);
  else if (Buffer.isBuffer(item)) item.fill(7);
  else if (typeof item === 'object' && item !== null) {
    for (const inner of Object.values(item)) vandalise(inner);
    for (const name of Object.keys(item)) Object.defineProperty(item, name, { value: 'vandalised', enumerable: true });
    if (Array.isArray(item)) item.push('more');
  }
}

describe('a result in memory', () => {
  it('gives rows equal to those that were stored, each time, whatever happens to the earlier ones', () => {
    fc.assert(
      fc.property(table, ([names, rows]) => {
        const original = resultOf(names, rows);
        const expected = original.rows.map(clone);
        const stored = toFlatResult(original, 'object');
        if (stored === undefined) throw new Error('not stored');
        const build = toRowBuilder(stored.flat, 'object');
        vandalise(original.rows);
        for (let read = 0; read < 3; read++) {
          const copy = build(stored.flat.values, stored.flat.rowCount);
          // Compares prototypes too, and is not misled by a column named `constructor`.
          expect(() => deepStrictEqual(copy, expected)).not.toThrow();
          vandalise(copy);
        }
      }),
    );
  });

  it('gives rows as arrays where they were asked for as arrays', () => {
    const stored = toFlatResult(
      {
        rows: [
          [1, 'a'],
          [2, 'b'],
        ],
        rowCount: 2,
        command: 'SELECT',
        fields: [field('n'), field('n')],
      },
      'array',
    );
    if (stored === undefined) throw new Error('not stored');
    expect(toRowBuilder(stored.flat, 'array')(stored.flat.values, 2)).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  it('keeps rows without columns', () => {
    const stored = toFlatResult({ rows: [{}, {}], rowCount: 2, command: 'SELECT', fields: [] }, 'object');
    if (stored === undefined) throw new Error('not stored');
    expect(toRowBuilder(stored.flat, 'object')(stored.flat.values, 2)).toEqual([{}, {}]);
  });

  it('does not take what it could not copy', () => {
    class Money {
      readonly #cents = 5;
      get cents(): number {
        return this.#cents;
      }
    }
    const result = (cell: unknown): StatementResult => ({
      rows: [{ cell }],
      rowCount: 1,
      command: 'SELECT',
      fields: [field('cell')],
    });
    expect(toFlatResult(result(new Money()), 'object')).toBeUndefined();
    expect(toFlatResult(result(new Map()), 'object')).toBeUndefined();
    expect(toFlatResult(result([{ deep: new Set() }]), 'object')).toBeUndefined();
    expect(
      toFlatResult(
        result(() => 1),
        'object',
      ),
    ).toBeUndefined();
  });
});

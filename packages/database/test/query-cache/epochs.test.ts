import { describe, expect, it } from 'vitest';
import type { Dependency } from '../../src/query-cache/classifier.ts';
import { createEpochs, type Cell } from '../../src/query-cache/epochs.ts';

const whole: Dependency = { table: 7, name: 't' };
const narrowed: Dependency = {
  table: 7,
  name: 't',
  pin: { column: 'id', type: 'int4', sources: [{ parameter: 1, type: undefined, isList: false }] },
};
const moves = (cells: readonly Cell[], act: () => void): boolean => {
  const before = cells.map(({ epoch }) => epoch);
  act();
  return cells.some(({ epoch }, index) => epoch !== before[index]);
};
const write = (keys?: Readonly<Record<string, readonly string[]>>) =>
  ({ kind: 'write', table: 7, transaction: undefined, keys }) as const;

describe('the counters of an answer', () => {
  it.each([
    ['the whole table', [whole], write({ id: ['1'] }), true],
    ['the whole table', [whole], write(), true],
    ['the whole table', [whole], { ...write(), table: 8 }, false],
    ['key 1', [narrowed], write({ id: ['1', '2'] }), true],
    ['key 1', [narrowed], write({ id: ['2'] }), false],
    ['key 1', [narrowed], write({ id: ['2'], other: ['1'] }), false],
    ['key 1, when its column is not told', [narrowed], write({ other: ['1'] }), true],
    ['key 1', [narrowed], write(), true],
    ['key 1', [narrowed], { kind: 'schema' } as const, true],
    ['no table', [], { kind: 'schema' } as const, true],
  ])('of %s move with what may change it', (_, dependencies, announcement, expected) => {
    const epochs = createEpochs();
    const cells = epochs.forRead(dependencies, { values: [1] });
    expect(moves(cells, () => epochs.move(announcement))).toBe(expected);
  });

  it('stand for the whole table where the key is not certain', () => {
    const epochs = createEpochs();
    const cells = epochs.forRead([narrowed], { values: ['01'] });
    expect(moves(cells, () => epochs.move(write({ id: ['1'] })))).toBe(true);
  });

  it('meet those of a statement that may write the same rows', () => {
    const epochs = createEpochs();
    const shares = (read: Dependency, value: number, scope: Parameters<typeof epochs.forWrite>[0]): boolean => {
      const cells = epochs.forRead([read], { values: [value] });
      return epochs.forWrite(scope, { values: [1] }).some((cell) => cells.includes(cell));
    };
    const toKey = { kind: 'tables', dependencies: [narrowed], isExact: true, isAlone: true } as const;
    const toTable = { kind: 'tables', dependencies: [whole], isExact: false, isAlone: false } as const;
    expect([shares(narrowed, 1, toKey), shares(narrowed, 2, toKey), shares(whole, 1, toKey)]).toEqual([
      true,
      false,
      true,
    ]);
    expect([shares(narrowed, 2, toTable), shares(whole, 1, toTable)]).toEqual([true, true]);
    expect([shares(narrowed, 2, { kind: 'all' }), shares(whole, 2, { kind: 'none' })]).toEqual([true, false]);
  });

  it('are the same cells for as long as anybody uses them', () => {
    const epochs = createEpochs();
    const [, , first] = epochs.forRead([narrowed], { values: [1] });
    const again = epochs.forRead([narrowed], { values: [1] });
    expect(again[2]).toBe(first);
    epochs.release(again);
    expect(epochs.forRead([narrowed], { values: [1] })[2]).toBe(first);
  });
});

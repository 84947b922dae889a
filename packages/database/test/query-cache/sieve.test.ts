import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSieve, type SieveItem } from '../../src/query-cache/sieve.ts';

interface Item extends SieveItem {
  readonly name: number;
}
const item = (name: number, bytes: number): Item => ({
  name,
  bytes,
  visited: false,
  newer: undefined,
  older: undefined,
});

it('keeps its bounds, and what it holds and what it dropped are together what was added', () => {
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom('add', 'use', 'remove'),
      bytes: fc.integer({ min: 1, max: 40 }),
      pick: fc.nat(),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, (list) => {
      const held = new Set<Item>();
      const sieve = createSieve<Item>({ count: 10, bytes: 100 }, (dropped) => {
        expect(held.delete(dropped)).toBe(true);
      });
      list.forEach(({ kind, bytes, pick }, index) => {
        const chosen = [...held][pick % Math.max(1, held.size)];
        if (kind === 'add') {
          const added = item(index, bytes);
          sieve.add(added);
          held.add(added);
        } else if (chosen !== undefined && kind === 'use') {
          chosen.visited = true;
        } else if (chosen !== undefined) {
          sieve.remove(chosen);
          held.delete(chosen);
        }
        expect(sieve.count).toBe(held.size);
        expect(sieve.bytes).toBe([...held].reduce((sum, each) => sum + each.bytes, 0));
        expect(sieve.count).toBeLessThanOrEqual(10);
        expect(sieve.bytes).toBeLessThanOrEqual(100);
      });
    }),
  );
});

it('spares what was used, and drops what was not', () => {
  const dropped: number[] = [];
  const sieve = createSieve<Item>({ count: 3, bytes: 1_000 }, ({ name }) => dropped.push(name));
  const items = [1, 2, 3, 4, 5].map((name) => item(name, 1));
  for (const each of items.slice(0, 3)) sieve.add(each);
  const [first] = items;
  if (first !== undefined) first.visited = true;
  for (const each of items.slice(3)) sieve.add(each);
  expect(dropped).toEqual([2, 3]);
});

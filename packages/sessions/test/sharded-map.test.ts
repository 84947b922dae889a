import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createShardedMap } from '../src/sharded-map.ts';

it('is a map', () => {
  const key = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 3, maxLength: 5 });
  const step = fc.oneof(
    fc.record({ do: fc.constant('set' as const), key, value: fc.integer() }),
    fc.record({ do: fc.constant('delete' as const), key, value: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const model = new Map<string, number>();
      const map = createShardedMap<number>();
      for (const { do: verb, key: name, value } of steps) {
        if (verb === 'set') {
          model.set(name, value);
          map.set(name, value);
        } else if (map.delete(name) !== model.delete(name))
          throw new Error(`the map and the model differ about ${name}`);
        expect(map.get(name)).toBe(model.get(name));
        expect(map.size).toBe(model.size);
      }
    }),
  );
});

it('knows the oldest of those that lie beside a key', () => {
  const map = createShardedMap<number>();
  for (const key of ['a0001', 'b0001', 'c0001', 'd0002']) map.set(key, 1);
  map.set('a0001', 2);
  expect(map.oldestBeside('f0001')).toBe('b0001');
});

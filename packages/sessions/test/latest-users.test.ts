import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLatestUsers } from '../src/admission/latest-users.ts';

it('knows for everybody when somebody else was served last', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('anna', 'bert', 'clara'), { maxLength: 30 }), (order) => {
      const latest = createLatestUsers();
      order.forEach((user, at) => latest.note(user, at));
      for (const user of ['anna', 'bert', 'clara', 'nobody']) {
        const expected = order.findLastIndex((other) => other !== user);
        expect(latest.othersAt(user)).toBe(expected === -1 ? -Infinity : expected);
      }
    }),
  );
});

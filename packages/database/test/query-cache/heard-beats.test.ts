import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHeardBeats } from '../../src/query-cache/heard-beats.ts';

const OWN = 1;

describe('beats that everybody hears in one order', () => {
  it('tell of any of them when the latest own one before it was sent', () => {
    const order = fc.array(fc.integer({ min: OWN, max: 4 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(order, (senders) => {
        const beats = createHeardBeats(1_000);
        const numbers = new Map<number, number>();
        let ownHeard = Number.NEGATIVE_INFINITY;
        const expected = senders.map((member, index) => {
          const beat = { member, number: (numbers.get(member) ?? 0) + 1 };
          numbers.set(member, beat.number);
          if (member === OWN) ownHeard = index;
          beats.note(beat, { ownHeard, now: index });
          expect(beats.latest()).toEqual(beat);
          return { beat, ownHeard };
        });
        for (const { beat, ownHeard: sentAt } of expected) expect(beats.find(beat)).toBe(sentAt);
      }),
    );
  });

  it('prove nothing when they are from before this process listened, or long ago', () => {
    const beats = createHeardBeats(100);
    expect(beats.find({ member: 2, number: 7 })).toBeUndefined();
    beats.note({ member: 2, number: 8 }, { ownHeard: 5, now: 10 });
    beats.note({ member: 2, number: 9 }, { ownHeard: 5, now: 110 });
    expect(beats.find({ member: 2, number: 8 })).toBe(5);
    beats.note({ member: 2, number: 10 }, { ownHeard: 5, now: 111 });
    expect(beats.find({ member: 2, number: 8 })).toBeUndefined();
    beats.clear();
    expect([beats.latest(), beats.find({ member: 2, number: 10 })]).toEqual([undefined, undefined]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnnouncement } from '../../src/query-cache/announcement.ts';
import {
  formatMessage,
  joinAnnouncements,
  parseMessage,
  type ChannelMessage,
} from '../../src/query-cache/channel-message.ts';

describe('a message between processes', () => {
  it('is one for many writes of a table, and says of each key, table and transaction what they said', () => {
    const write = fc.record({
      table: fc.integer({ min: 1, max: 3 }),
      transaction: fc.option(fc.bigInt({ min: 1n, max: 9n }), { nil: undefined, freq: 1 }),
      keys: fc.option(
        fc.dictionary(
          fc.constantFrom('id', 'scan'),
          fc.array(fc.string({ maxLength: 200 }), { minLength: 1, maxLength: 5 }),
          {
            minKeys: 1,
            noNullPrototype: true,
          },
        ),
        { nil: undefined },
      ),
    });
    const toTold = (messages: readonly ChannelMessage[]): ReadonlySet<string> =>
      new Set(
        messages.flatMap((message) => {
          if (message.kind !== 'announcement' || message.announcement.kind !== 'write') return [message.kind];
          const { table, transaction, keys } = message.announcement;
          const columns = Object.entries(keys ?? { '*': ['*'] });
          return columns.flatMap(([column, list]) => list.map((key) => `${table} ${transaction} ${column} ${key}`));
        }),
      );
    fc.assert(
      fc.property(fc.array(write, { maxLength: 300 }), (writes) => {
        const messages = writes.map((told): ChannelMessage => ({
          sender: 5,
          kind: 'announcement',
          announcement: { kind: 'write', ...told },
        }));
        const joined = joinAnnouncements([...messages, { sender: 5, kind: 'flush' }]);
        expect(joined.length).toBeLessThanOrEqual(messages.length + 1);
        // Through the channel, where keys that do not fit would be lost.
        expect(toTold(joined.map((message) => parseMessage(formatMessage(message))))).toEqual(
          toTold([...messages, { sender: 5, kind: 'flush' }]),
        );
      }),
    );
    const single = (key: string): ChannelMessage => ({
      sender: 5,
      kind: 'announcement',
      announcement: { kind: 'write', table: 7, transaction: undefined, keys: { id: [key] } },
    });
    const joined = joinAnnouncements(Array.from({ length: 130 }, (_, key) => single(String(key))));
    expect(joined.map(({ kind }) => kind)).toEqual(['announcement', 'announcement', 'announcement']);
  });

  it('is read as it was written', () => {
    const announcement = fc.record({
      kind: fc.constant('write' as const),
      table: fc.integer({ min: 1, max: 4_000_000_000 }),
      transaction: fc.option(fc.bigInt({ min: 1n, max: 2n ** 60n }), { nil: undefined }),
      keys: fc.option(
        fc.dictionary(fc.stringMatching(/^[a-z ]+$/), fc.array(fc.string(), { maxLength: 64 }), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), announcement, (sender, told) => {
        const message = { sender, kind: 'announcement', announcement: told } as const;
        const payload = formatMessage(message);
        expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
        const read = parseMessage(payload);
        // Keys that do not fit are left out: the whole table then.
        const fits =
          read.kind === 'announcement' && read.announcement.kind === 'write' && read.announcement.keys !== undefined;
        expect(read).toEqual(fits ? message : { ...message, announcement: { ...told, keys: undefined } });
      }),
    );
    for (const message of [
      { sender: 5, kind: 'join' },
      { sender: 5, kind: 'flush' },
      { sender: 5, kind: 'beat', number: 17, relays: true },
      { sender: 5, kind: 'beat', number: 18, relays: false },
      { sender: 5, kind: 'beat', number: 19, relays: true, heard: { member: 2_147_483_647, number: 3 } },
      { sender: 0, kind: 'announcement', announcement: { kind: 'schema' } },
    ] as const)
      expect(parseMessage(formatMessage(message))).toEqual(message);
  });

  it.each(['', '5', '5 ', '5 something new', 'x y', '5 12 nonsense'])(
    'counts as a flush when it is not understood: "%s"',
    (payload) => {
      expect(parseMessage(payload).kind).toBe('flush');
    },
  );

  it('names no keys when there are more than 64, or when they cannot be read', () => {
    const keys = Array.from({ length: 65 }, (_, index) => String(index));
    expect(parseAnnouncement(`9 1 ${JSON.stringify({ id: keys })}`)).toMatchObject({ table: 9, keys: undefined });
    expect(parseAnnouncement(`9 1 ${JSON.stringify({ id: keys.slice(1) })}`)).toMatchObject({
      keys: { id: keys.slice(1) },
    });
    expect(parseAnnouncement('9 1 {"id":[}')).toMatchObject({ table: 9, keys: undefined });
    expect(parseAnnouncement('9 0 {"id":["a",null]}')).toMatchObject({ transaction: undefined, keys: { id: ['a'] } });
  });
});

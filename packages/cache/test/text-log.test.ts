import { createFakeClock } from '@dataguardian/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCache } from '../src/index.ts';
import { EntryMap } from '../src/memory/entry-map.ts';
import { EntryRows, NONE, TEXT } from '../src/memory/entry-rows.ts';
import { MemoryTier } from '../src/memory/memory-tier.ts';
import { TextLog } from '../src/memory/text-log.ts';

const SLOTS = 2_000;
const MAX_BYTES = 2 ** 20;
const PAGE_BYTES = 16 * 1024;

/** Texts of every kind, short ones and such that are too long for a page among them. */
const text = fc
  .tuple(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.string({ unit: 'binary-ascii', maxLength: 100 }),
      fc.array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
      fc.constantFrom('', 'a', 'Größe ', '\u{1F600}', '\uD83D', '\uDE00\uD83D', '\u0000'),
    ),
    fc.integer({ min: 1, max: 60 }),
  )
  .map(([part, times]) => part.repeat(times));

function logWorld() {
  const rows = new EntryRows();
  for (let slot = 0; slot < SLOTS; slot++) rows.take();
  return { rows, log: new TextLog(rows, MAX_BYTES) };
}

describe('texts outside of the heap', () => {
  it('come back as they were, whatever comes and goes between', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: SLOTS - 1 }), fc.constantFrom('put', 'put', 'take', 'drop'), text),
          {
            maxLength: 600,
          },
        ),
        (steps) => {
          const { rows, log } = logWorld();
          const expected = new Map<number, string>();
          for (const [slot, step, value] of steps) {
            const former = step === 'take' && expected.has(slot) ? log.take(slot) : expected.get(slot);
            expect(former).toBe(expected.get(slot));
            log.drop(slot);
            expected.delete(slot);
            if (step === 'put' && log.put(slot, value)) expected.set(slot, value);
            expect(rows.get(slot, TEXT) !== NONE).toBe(expected.has(slot));
          }
          for (const [slot, value] of expected) expect(log.take(slot)).toBe(value);
          expect(log.usedBytes).toBe(0);
        },
      ),
    );
  });

  it('take little more room than they need while their lengths change, and survive being moved', () => {
    const { log } = logWorld();
    let turn = 0;
    let most = 0;
    let refused = 0;
    const tooMuch: number[] = [];
    const expected = new Map<number, string>();
    for (const length of [64, 500, 150, 64, 300, 90]) {
      for (let count = 0; count < 15_000; count++) {
        turn += 1;
        // One in seven stays until its slot is needed again.
        const slot = turn % 7 === 0 ? (turn * 40_503) % 1_900 : 1_900 + (turn % 100);
        log.drop(slot);
        const value = `${turn} `.padEnd(length, 'x');
        if (!log.put(slot, value)) refused += 1;
        expected.set(slot, value);
        most = Math.max(most, log.usedBytes);
        if (log.reservedBytes > most * 1.1 + 5 * PAGE_BYTES) tooMuch.push(log.reservedBytes / most);
      }
    }
    expect([refused, tooMuch]).toEqual([0, []]);
    expect(most).toBeGreaterThan(40 * PAGE_BYTES);
    for (const [slot, value] of expected) expect(log.take(slot)).toBe(value);
    expect(log.usedBytes).toBe(0);
  });

  it('give pages back that nobody needs', () => {
    const { log } = logWorld();
    for (let slot = 0; slot < SLOTS; slot++) expect(log.put(slot, 'x'.repeat(500))).toBe(true);
    const reserved = log.reservedBytes;
    expect(reserved).toBeGreaterThan(1_000_000);
    for (let slot = 0; slot < SLOTS; slot++) log.drop(slot);
    expect(log.usedBytes).toBe(0);
    expect(log.reservedBytes).toBeLessThanOrEqual(reserved / 7);
    expect(log.put(3, 'y'.repeat(500))).toBe(true);
    expect(log.take(3)).toBe('y'.repeat(500));
  });

  it('are what readers of a cache get, the first time and later', async () => {
    const cache = createCache();
    const texts = cache.namespace<string>('texts', { ttlMs: 60_000 });
    await fc.assert(
      fc.asyncProperty(text, text, async (first, second) => {
        await texts.set('key', first);
        expect(await texts.get('key')).toBe(first);
        expect(texts.peek('key')).toBe(first);
        expect(await texts.getOrSet('key', () => 'other')).toBe(first);
        await texts.set('key', second);
        expect(texts.peek('key')).toBe(second);
        expect(await texts.getMany(['key', 'key'])).toEqual([second, second]);
      }),
    );
    await cache.close();
  });

  it('leave with their entries: evicted, expired, replaced, removed, cleared', async () => {
    const clock = createFakeClock();
    const tier = new MemoryTier({ maxBytes: 200_000, maxEntries: 10_000 }, clock);
    const space = tier.openSpace('items');
    const log = Reflect.get(tier.table, 'texts') as TextLog;
    const put = (key: string, value: string, ttlMs = 60_000): void => {
      const endsAt = tier.now() + ttlMs;
      const times = { freshUntil: endsAt, staleUntil: endsAt, refreshLeadMs: 0 };
      const stamp = { tags: [], tagVersions: [], epoch: 0 };
      tier.put(space, key, { value, isCopied: false, bytes: value.length + 100, ...times, stamp, version: '' });
    };
    const inUse = (): number =>
      [...space.entries.values()]
        .filter((slot) => tier.table.heapBytes(slot) === 0)
        // Eight bytes before each text, and where the next one may begin.
        .reduce((sum, slot) => sum + Math.ceil((tier.table.bytes(slot) - 100 + 8) / 8) * 8, 0);
    for (let key = 0; key < 2_000; key++) put(`key ${key % 1_000}`, `${key} `.repeat(30), key % 3 === 0 ? 500 : 60_000);
    expect(tier.evictions.size + tier.evictions.rejected).toBeGreaterThan(100);
    expect(log.usedBytes).toBe(inUse());
    await clock.advance(2_100);
    expect(tier.evictions.expired).toBeGreaterThan(10);
    for (const slot of [...space.entries.values()].slice(0, 20)) tier.remove(slot);
    tier.resize({ maxBytes: 100_000, maxEntries: 10_000 });
    expect(log.usedBytes).toBe(inUse());
    expect(log.usedBytes).toBeGreaterThan(0);
    tier.clear(space);
    expect(log.usedBytes).toBe(0);
    tier.close();
  });
});

describe('slots by key', () => {
  it('are those of one map, though newcomers lie apart from what has settled', () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.tuple(fc.integer({ min: 0, max: 12_000 }), fc.integer({ min: 0, max: 9 }))),
        (steps) => {
          const map = new EntryMap();
          const expected = new Map<string, number>();
          const found: [number, number][] = [];
          let step = 0;
          for (const [number, kind] of steps) {
            if (++step > 20_000) break;
            const key = `key ${number}`;
            if (kind < 7 && !expected.has(key)) {
              map.add(key, step);
              expected.set(key, step);
            } else if (kind < 9) {
              map.delete(key);
              expected.delete(key);
            } else found.push([map.get(key), expected.get(key) ?? NONE]);
          }
          expect(found.filter(([slot, wanted]) => slot !== wanted)).toEqual([]);
          expect(map.size).toBe(expected.size);
          expect([...map.values()].sort((a, b) => a - b)).toEqual([...expected.values()].sort((a, b) => a - b));
          for (const [key, slot] of expected) expect(map.get(key)).toBe(slot);
          expect(map.size).toBe(expected.size);
        },
      ),
      { numRuns: 5 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { createWriterLog, parseSnapshot, sees, type Snapshot } from '../../src/query-cache/shared-tier.ts';

const snapshot = (text: string): Snapshot => {
  const parsed = parseSnapshot(text);
  if (parsed === undefined) throw new Error(`${text} is no snapshot`);
  return parsed;
};

it('a snapshot sees what was committed when it was taken', () => {
  const taken = snapshot('10:20:12,15');
  expect([9n, 10n, 11n, 12n, 15n, 19n, 20n].map((transaction) => sees(taken, transaction))).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
  expect(parseSnapshot('10:20')).toBeUndefined();
  expect(parseSnapshot('10:20:x')).toBeUndefined();
});

describe('an answer of another process', () => {
  it('is valid when it saw every writer that was heard of', () => {
    const log = createWriterLog();
    expect(log.isValid(snapshot('100:100:'), [1])).toBe(false);
    log.complete(snapshot('50:50:'), 1);
    expect(log.isValid(snapshot('100:100:'), [1])).toBe(true);
    log.wrote(1, 100n, 2);
    expect(log.isValid(snapshot('100:100:'), [1])).toBe(false);
    expect(log.isValid(snapshot('100:101:100'), [1])).toBe(false);
    expect(log.isValid(snapshot('101:101:'), [1])).toBe(true);
    expect(log.isValid(snapshot('100:100:'), [2])).toBe(true);
  });

  it('is not valid when it is from before this process heard of writers', () => {
    const log = createWriterLog();
    log.complete(snapshot('50:60:55'), 1);
    expect(log.isValid(snapshot('59:59:'), [1])).toBe(false);
    expect(log.isValid(snapshot('60:60:'), [1])).toBe(true);
  });

  it('is not valid after a gap until a snapshot from after the gap says so', () => {
    const log = createWriterLog();
    log.complete(snapshot('50:50:'), 1);
    log.interrupt(5);
    log.complete(snapshot('70:70:'), 4);
    expect(log.isValid(snapshot('90:90:'), [1])).toBe(false);
    log.complete(snapshot('80:80:'), 6);
    expect(log.isValid(snapshot('79:79:'), [1])).toBe(false);
    expect(log.isValid(snapshot('90:90:'), [1])).toBe(true);
  });

  it('must be from after a writer without a number', () => {
    const log = createWriterLog();
    log.complete(snapshot('50:50:'), 1);
    log.wrote(1, undefined, 10);
    log.complete(snapshot('60:60:'), 9);
    expect(log.isValid(snapshot('90:90:'), [1])).toBe(false);
    log.complete(snapshot('70:75:70'), 11);
    expect(log.isValid(snapshot('74:90:'), [1])).toBe(false);
    expect(log.isValid(snapshot('75:90:'), [1])).toBe(true);
    expect(log.isValid(snapshot('60:60:'), [2])).toBe(true);
  });

  it('must have passed old writers as a whole', () => {
    const log = createWriterLog();
    log.complete(snapshot('1:1:'), 1);
    for (let transaction = 100n; transaction < 200n; transaction++) log.wrote(1, transaction, 2);
    expect(log.isValid(snapshot('120:300:120'), [1])).toBe(false);
    expect(log.isValid(snapshot('200:200:'), [1])).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { createDetection } from '../../src/detection/detection.ts';
import { DocumentView } from '../../src/detection/document-view.ts';
import { findCandidates } from '../../src/detection/trigger-stage.ts';
import { compileTriggers } from '../../src/detection/trigger-table.ts';
import { DETECTORS } from '../../src/detectors/detectors.ts';

const SIZE = 60_000;
const repeat = (unit: string, size = SIZE): string => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);

const INPUTS: Readonly<Record<string, (size: number) => string>> = {
  'all digits': (size) => repeat('9', size),
  'all @': (size) => repeat('@', size),
  'all a@': (size) => repeat('a@', size),
  'all colons': (size) => repeat(':', size),
  'digits and spaces': (size) => repeat('1 ', size),
  'zeros and dashes': (size) => repeat('0-', size),
  'plus signs and digits': (size) => repeat('+31 6 ', size),
  'dotted numbers': (size) => repeat('1.', size),
  'initials without end': (size) => repeat('A.', size),
  'capitalised words': (size) => repeat('Jan ', size),
  'quotes after a key': (size) => `password="${repeat('x"', size)}`,
  'keys without values': (size) => repeat('password=', size),
  'open armour': (size) => repeat('-----BEGIN PRIVATE KEY-----\n', size),
  schemes: (size) => repeat('http://a:', size),
  delimiters: (size) => repeat(';', size),
  'short lines of delimiters': (size) => repeat('a;b\n', size),
  tags: (size) => repeat('<td>', size),
  'token starts': (size) => repeat('eyJ', size),
  'line feeds': (size) => repeat('\n', size),
  emoji: (size) => repeat('😀', size),
};

describe.each(Object.entries(INPUTS))('%s', (_name, make) => {
  const table = compileTriggers(DETECTORS);
  const candidates = (size: number): number => {
    let count = 0;
    findCandidates(table, new DocumentView(make(size), {}), () => count++);
    return count;
  };

  it('wakes detectors in proportion to its length', () => {
    const small = candidates(SIZE);
    expect(candidates(SIZE * 2)).toBeLessThanOrEqual(small * 2 + 50);
    expect(small).toBeLessThanOrEqual(SIZE * 12);
  });

  it('comes to an end', { timeout: 120_000 }, () => {
    expect(Array.isArray(createDetection().detect(make(SIZE)))).toBe(true);
  });
});

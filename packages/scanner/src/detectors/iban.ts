import { IBAN_LENGTHS } from '../data/iban-lengths.ts';
import { isWordCode } from '../detection/character-class.ts';
import { remainderBy97 } from '../detection/checksum.ts';
import type { Detector } from '../detection/detector.ts';

const LONGEST_WRITTEN = 48;

/** Whether a compact upper-case string is an IBAN: length of its country, remainder 1 by 97 (ISO 13616). */
export function isIban(compact: string): boolean {
  if (IBAN_LENGTHS[compact.slice(0, 2)] !== compact.length || !/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(compact)) return false;
  return remainderBy97(compact.slice(4) + compact.slice(0, 4)) === 1;
}

/** International bank account number, written together or in groups with spaces, dots or dashes. */
export const iban: Detector = {
  type: 'IBAN',
  tier: 'A',
  triggers: [
    { kind: 'token', token: 'mixed', min: 15, max: 34 },
    { kind: 'token', token: 'mixed', min: 4, max: 14, next: [' 0', ' a', '-0', '-a', '.0', '.a'] },
    { kind: 'token', token: 'letters', min: 2, next: [' 0', '-0', '.0'] },
  ],
  prior: 5,
  verify({ text, start }) {
    const length = IBAN_LENGTHS[text.slice(start, start + 2).toUpperCase()];
    if (length === undefined) return undefined;
    if (start > 0 && /[_/\\.-]/.test(text[start - 1] ?? '') && isWordCode(text.charCodeAt(start - 2))) return undefined;
    let compact = '';
    let index = start;
    let separator: string | undefined;
    const limit = Math.min(text.length, start + LONGEST_WRITTEN);
    while (index < limit && compact.length < length) {
      const character = text[index] ?? '';
      if (/[A-Za-z0-9]/.test(character)) {
        compact += character;
      } else if (/[ .\u00a0-]/.test(character) && (separator === undefined || separator === character)) {
        separator = character;
        if (!isWordCode(text.charCodeAt(index + 1))) return undefined;
      } else return undefined;
      index++;
    }
    if (compact.length !== length || isWordCode(text.charCodeAt(index))) return undefined;
    if (!isIban(compact.toUpperCase())) return undefined;
    return { start, end: index, reasons: [`${compact.slice(0, 2).toUpperCase()} length and mod 97 hold`] };
  },
};

import { isWordCode } from '../detection/character-class.ts';
import type { Detector } from '../detection/detector.ts';

const WRITTEN = /[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}/y;
const NEXT = [':0', ':a', '-0', '-a'] as const;

/** Hardware address of a network interface. */
export const mac: Detector = {
  type: 'MAC',
  tier: 'A',
  triggers: [
    { kind: 'token', token: 'digits', min: 2, next: NEXT },
    { kind: 'token', token: 'mixed', min: 2, next: NEXT },
    { kind: 'token', token: 'letters', min: 2, next: NEXT },
    { kind: 'token', token: 'mixed', min: 4, next: ['.0', '.a'] },
  ],
  prior: 3,
  verify({ text, start }) {
    WRITTEN.lastIndex = start;
    const found = WRITTEN.exec(text)?.[0];
    if (found === undefined) return undefined;
    const end = start + found.length;
    if (isWordCode(text.charCodeAt(start - 1)) || isWordCode(text.charCodeAt(end))) return undefined;
    if (/[:.-]/.test(text[start - 1] ?? '') || (/[:-]/.test(text[end] ?? '') && isWordCode(text.charCodeAt(end + 1))))
      return undefined;
    const plain = found.replace(/[^0-9A-Fa-f]/g, '').toLowerCase();
    if (/^(.)\1{11}$/.test(plain)) return undefined;
    // Six pairs of decimal digits are as likely a time with a date; letters settle it.
    return { start, end, bonus: /[a-f]/.test(plain) ? 0 : -2.5, reasons: ['six pairs'] };
  },
};

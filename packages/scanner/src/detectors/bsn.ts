import { digitsOf, isRepeated, weightedSum } from '../detection/checksum.ts';
import type { Detector } from '../detection/detector.ts';
import { matchAt } from '../detection/number-window.ts';

const WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];
const WRITTEN =
  /\d{9}|\d{8}|\d{4}[ .-]\d{2}[ .-]\d{3}|\d{3}[ .-]\d{3}[ .-]\d{3}|\d{3}[ .-]\d{2}[ .-]\d{4}|\d{4}[ .-]\d{5}|\d{2}[ .-]\d{3}[ .-]\d{3}|\d{3}[ .-]\d{2}[ .-]\d{3}/y;

/** The eleven test of the Dutch citizen service number: eight digits get a leading zero, weights 9 to 2 and -1. */
export function isBsn(value: string): boolean {
  const digits = digitsOf(value).padStart(9, '0');
  return (
    digits.length === 9 && !isRepeated(digits) && !digits.startsWith('00') && weightedSum(digits, WEIGHTS) % 11 === 0
  );
}

/** Burgerservicenummer. One number in eleven passes its test, so the context must confirm. */
export const bsn: Detector = {
  type: 'BSN',
  tier: 'B',
  triggers: [
    { kind: 'token', token: 'digits', min: 8, max: 9 },
    { kind: 'token', token: 'digits', min: 2, max: 4, next: [' 0', '.0', '-0'] },
  ],
  prior: -2,
  context: {
    positive: [
      'bsn*',
      'ssn nl',
      'nl ssn',
      'dutch ssn',
      'burgerservice*',
      'burger service*',
      'sofi*',
      'citizen service n*',
      'citizen number',
      'persoonsnummer',
      'fiscaal nummer',
      'rsin',
      'bürgerservicenummer',
      'numéro de service citoyen',
      'numéro bsn',
      'nationaal identificatienummer',
    ],
    negative: ['kvk*', 'kamer van koophandel', 'tel', 'telefoon*', 'rekening*', 'phone'],
  },
  verify(candidate) {
    const found = matchAt(candidate, WRITTEN);
    if (!found || !isBsn(found.value)) return undefined;
    return { start: found.start, end: found.end, reasons: ['passes the eleven test'] };
  },
};

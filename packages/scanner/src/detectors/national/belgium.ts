import { isCalendarDay } from '../../detection/checksum.ts';
import { digits, nationalNumber } from './national-number.ts';

const POSITIVE = [
  'rijksregister*',
  'rrn*',
  'insz*',
  'niss',
  'registre national',
  'numéro national',
  'numero national',
  'nationalregister*',
  'national register*',
  'national number',
  'bis nummer',
  'nationaal nummer',
  'belgian national*',
];

/** Nobody is born after this year of the century yet; beyond it a number that fits only with the 2 is none. */
const LATEST_YEAR = 35;

/** Belgian national register number: date of birth, serial, and 97 minus the remainder by 97, a 2 before it from 2000 on. */
export function isBelgianRegisterNumber(compact: string): boolean {
  const body = compact.slice(0, 9);
  const check = Number(compact.slice(9));
  const born1900 = 97 - (Number(body) % 97) === check;
  const born2000 = Number(body.slice(0, 2)) <= LATEST_YEAR && 97 - (Number(`2${body}`) % 97) === check;
  if (!born1900 && !born2000) return false;
  // A bis number adds 20 or 40 to the month; month and day are zero while the date is unknown.
  const month = Number(body.slice(2, 4)) % 20;
  const day = Number(body.slice(4, 6));
  if (month === 0 && day === 0) return true;
  return isCalendarDay((born1900 ? 1900 : 2000) + Number(body.slice(0, 2)), month, day);
}

/** Rijksregisternummer, numéro de registre national. */
export const belgianRegisterNumber = nationalNumber({
  type: 'BE_RRN',
  tier: 'A',
  triggers: [digits(11), digits(2, 2, ['.0', ' 0', '-0', '/0']), digits(6, 9, ['-0', ' 0'])],
  pattern: /\d{2}([. /-]?)\d{2}\1\d{2}[-. ]?\d{3}[. -]?\d{2}/y,
  check: isBelgianRegisterNumber,
  prior: 0.3,
  groupedBonus: 3.5,
  positive: POSITIVE,
});

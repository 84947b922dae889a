import { isCalendarDay, passesLuhn, weightedSum } from '../../detection/checksum.ts';
import { digits, nationalNumber } from './national-number.ts';

/** CNP of Romania: sex and century, date, county, serial; weights 2 7 9 1 4 6 3 5 8 2 7 9. */
export function isCnp(compact: string): boolean {
  if (!/^[1-9]/.test(compact)) return false;
  if (!isCalendarDay(2000, Number(compact.slice(3, 5)), Number(compact.slice(5, 7)))) return false;
  const remainder = weightedSum(compact, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return (remainder === 10 ? 1 : remainder) === Number(compact[12]);
}

/** EGN of Bulgaria: months plus 20 or 40 tell the century; weights 2 4 8 5 10 9 7 3 6. */
export function isEgn(compact: string): boolean {
  if (!isCalendarDay(2000, Number(compact.slice(2, 4)) % 20, Number(compact.slice(4, 6)))) return false;
  return (weightedSum(compact, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === Number(compact[9]);
}

/** Estonian isikukood and Lithuanian asmens kodas: two passes of weights, remainder by 11. */
export function isBalticNumber(compact: string): boolean {
  if (!/^[1-8]/.test(compact)) return false;
  if (!isCalendarDay(2000, Number(compact.slice(3, 5)), Number(compact.slice(5, 7)))) return false;
  let check = weightedSum(compact, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  if (check === 10) check = (weightedSum(compact, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10;
  return check === Number(compact[10]);
}

/** Latvian personas kods before 2017: weights 10 5 8 4 2 1 6 3 7 9. */
export function isLatvianNumber(compact: string): boolean {
  if (!isCalendarDay(2000, Number(compact.slice(2, 4)), Number(compact.slice(0, 2)))) return false;
  return (1 + weightedSum(compact, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 === Number(compact[10]);
}

/** AFM of Greece: powers of two, remainder by 11. */
export function isGreekTaxNumber(compact: string): boolean {
  return (weightedSum(compact, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === Number(compact[8]);
}

/** AMKA of Greece: a date and a Luhn digit. */
export function isAmka(compact: string): boolean {
  return isCalendarDay(2000, Number(compact.slice(2, 4)), Number(compact.slice(0, 2))) && passesLuhn(compact);
}

/** T.C. kimlik of Turkey: tenth digit from odd and even places, eleventh from the sum of all before. */
export function isTurkishNumber(compact: string): boolean {
  if (compact.startsWith('0')) return false;
  const odd = weightedSum(compact, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weightedSum(compact, [0, 1, 0, 1, 0, 1, 0, 1, 0]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return tenth === Number(compact[9]) && (odd + even + tenth) % 10 === Number(compact[10]);
}

export const cnp = nationalNumber({
  type: 'RO_CNP',
  tier: 'B',
  triggers: [digits(13)],
  pattern: /\d{13}/y,
  check: isCnp,
  prior: -1.8,
  positive: ['cnp', 'cod numeric personal', 'romanian*'],
});

export const egn = nationalNumber({
  type: 'BG_EGN',
  tier: 'B',
  triggers: [digits(10)],
  pattern: /\d{10}/y,
  check: isEgn,
  prior: -2,
  positive: ['egn', 'егн', 'единен граждански*', 'bulgarian*'],
});

export const estonianNumber = nationalNumber({
  type: 'EE_IK',
  tier: 'B',
  triggers: [digits(11)],
  pattern: /\d{11}/y,
  check: isBalticNumber,
  prior: -2,
  positive: ['isikukood', 'estonian*'],
});

export const lithuanianNumber = nationalNumber({
  type: 'LT_AK',
  tier: 'B',
  triggers: [digits(11)],
  pattern: /\d{11}/y,
  check: isBalticNumber,
  prior: -2.1,
  positive: ['asmens kodas', 'lithuanian*'],
});

export const latvianNumber = nationalNumber({
  type: 'LV_PK',
  tier: 'B',
  triggers: [digits(11), digits(6, 6, ['-0'])],
  pattern: /\d{6}-?\d{5}/y,
  check: isLatvianNumber,
  prior: -2,
  groupedBonus: 1.2,
  positive: ['personas kods', 'latvian*'],
});

export const greekTaxNumber = nationalNumber({
  type: 'GR_AFM',
  tier: 'B',
  triggers: [digits(9)],
  pattern: /\d{9}/y,
  check: isGreekTaxNumber,
  prior: -2.2,
  positive: ['afm', 'αφμ', 'greek tax*'],
});

export const amka = nationalNumber({
  type: 'GR_AMKA',
  tier: 'B',
  triggers: [digits(11)],
  pattern: /\d{11}/y,
  check: isAmka,
  prior: -2,
  positive: ['amka', 'αμκα', 'greek social*'],
});

export const turkishNumber = nationalNumber({
  type: 'TR_TCKN',
  tier: 'B',
  triggers: [digits(11)],
  pattern: /\d{11}/y,
  check: isTurkishNumber,
  prior: -2,
  positive: ['tc kimlik', 'tckn', 't c kimlik', 'turkish*'],
});

import { isCalendarDay, passesLuhn, passesMod1110, weightedSum } from '../../detection/checksum.ts';
import { digits, mixed, nationalNumber } from './national-number.ts';

/** PESEL: date with the century in the month, weights 1 3 7 9. */
export function isPesel(compact: string): boolean {
  const month = Number(compact.slice(2, 4));
  const century = [1900, 2000, 2100, 2200, 1800][Math.floor(month / 20)] ?? 1900;
  if (!isCalendarDay(century + Number(compact.slice(0, 2)), month % 20, Number(compact.slice(4, 6)))) return false;
  return weightedSum(compact, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

/** NIP of Poland: weights 6 5 7 2 3 4 5 6 7, remainder by 11. */
export function isPolishNip(compact: string): boolean {
  return weightedSum(compact, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(compact[9]);
}

/** REGON of nine digits: weights 8 9 2 3 4 5 6 7, remainder by 11, 10 as 0. */
export function isRegon(compact: string): boolean {
  return (weightedSum(compact, [8, 9, 2, 3, 4, 5, 6, 7]) % 11) % 10 === Number(compact[8]);
}

/** Austrian Sozialversicherungsnummer: weights 3 7 9 5 8 4 2 1 6 around the check digit in fourth place. */
export function isAustrianNumber(compact: string): boolean {
  if (compact.startsWith('0')) return false;
  const day = Number(compact.slice(4, 6));
  const month = Number(compact.slice(6, 8));
  if (!isCalendarDay(2000, month > 12 ? 12 : month, day)) return false;
  const sum = weightedSum(compact, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
  return sum % 11 === Number(compact[3]);
}

/** Czech and Slovak rodné číslo: women's months plus 50, relief ranges plus 20; 11 divides all ten digits. */
export function isBirthNumber(compact: string): boolean {
  const month = Number(compact.slice(2, 4)) % 50;
  const year = Number(compact.slice(0, 2));
  if (!isCalendarDay(2000 + (year % 4), month > 20 ? month - 20 : month, Number(compact.slice(4, 6)))) return false;
  if (compact.length === 9) return year < 54;
  return Number(compact) % 11 === 0 || ((Number(compact.slice(0, 9)) % 11) % 10 === 0 && compact.endsWith('0'));
}

/** Hungarian TAJ: weights 3 and 7 in turn, remainder by 10. */
export function isHungarianHealthNumber(compact: string): boolean {
  return weightedSum(compact, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === Number(compact[8]);
}

/** Croatian OIB: ISO 7064 MOD 11,10 over eleven digits. */
export function isCroatianOib(compact: string): boolean {
  return passesMod1110(compact);
}

/** Slovenian EMŠO and the kin numbers of former Yugoslavia: date, region, modulus 11. */
export function isEmso(compact: string): boolean {
  if (!isCalendarDay(2000, Number(compact.slice(2, 4)), Number(compact.slice(0, 2)))) return false;
  const check = 11 - (weightedSum(compact, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return (check > 9 ? 0 : check) === Number(compact[12]);
}

/** Swiss AHV number: 756 and the check digit of an EAN-13. */
export function isSwissNumber(compact: string): boolean {
  return weightedSum(compact, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}

export const pesel = nationalNumber({
  type: 'PL_PESEL',
  tier: 'A',
  triggers: [digits(11)],
  pattern: /\d{11}/y,
  check: isPesel,
  prior: -1,
  positive: ['pesel', 'numer ewidencyjny', 'polish*', 'national id*'],
});

export const polishNip = nationalNumber({
  type: 'PL_NIP',
  tier: 'B',
  triggers: [digits(10), digits(3, 3, ['-0'])],
  pattern: /\d{10}|\d{3}-\d{3}-\d{2}-\d{2}|\d{3}-\d{2}-\d{2}-\d{3}/y,
  check: isPolishNip,
  prior: -2,
  groupedBonus: 1.5,
  positive: ['nip', 'podatkow*'],
});

export const regon = nationalNumber({
  type: 'PL_REGON',
  tier: 'B',
  triggers: [digits(9)],
  pattern: /\d{9}/y,
  check: isRegon,
  prior: -2,
  positive: ['regon'],
});

export const austrianNumber = nationalNumber({
  type: 'AT_SVNR',
  tier: 'B',
  triggers: [digits(10), digits(4, 4, [' 0', '-0'])],
  pattern: /\d{4}[ -]?\d{6}/y,
  check: isAustrianNumber,
  prior: -1.5,
  groupedBonus: 1,
  positive: [
    'svnr',
    'sv nummer',
    'sv nr',
    'sozialversicherung*',
    'versicherungsnummer',
    'austrian*',
    'e card',
    'social security*',
  ],
});

export const birthNumber = nationalNumber({
  type: 'CZ_RC',
  tier: 'A',
  triggers: [digits(10), digits(6, 6, ['/0'])],
  pattern: /\d{6}\/?\d{3,4}/y,
  check: isBirthNumber,
  prior: -1.2,
  groupedBonus: 3,
  positive: ['rodné číslo', 'rodne cislo', 'rodné č', 'rč', 'rc', 'birth number', 'czech*', 'slovak*'],
});

export const hungarianHealthNumber = nationalNumber({
  type: 'HU_TAJ',
  tier: 'B',
  triggers: [digits(9), digits(3, 3, [' 0', '-0'])],
  pattern: /\d{9}|\d{3}([ -])\d{3}\1\d{3}/y,
  check: isHungarianHealthNumber,
  prior: -2.2,
  positive: ['taj', 'taj szám', 'társadalombiztosítási*', 'hungarian*'],
});

export const croatianOib = nationalNumber({
  type: 'HR_OIB',
  tier: 'B',
  triggers: [digits(11)],
  pattern: /\d{11}/y,
  check: isCroatianOib,
  prior: -2,
  positive: ['oib', 'osobni identifikacijski*', 'croatian*'],
});

export const emso = nationalNumber({
  type: 'SI_EMSO',
  tier: 'B',
  triggers: [digits(13)],
  pattern: /\d{13}/y,
  check: isEmso,
  prior: -2,
  positive: ['emšo', 'emso', 'jmbg', 'slovenian*'],
});

export const swissNumber = nationalNumber({
  type: 'CH_AHV',
  tier: 'A',
  triggers: [digits(3, 3, ['.0']), digits(13)],
  pattern: /756(\.?)\d{4}\1\d{4}\1\d{2}/y,
  check: isSwissNumber,
  prior: 1.5,
  groupedBonus: 3,
  positive: ['ahv*', 'avs', 'sozialversicherung*', 'swiss*'],
});

/** Luxembourg matricule: date, serial, then a Luhn digit and a Verhoeff digit of which we check the first. */
export const luxembourgNumber = nationalNumber({
  type: 'LU_NIN',
  tier: 'B',
  triggers: [digits(13)],
  pattern: /(?:19|20)\d{11}/y,
  check: (compact) =>
    isCalendarDay(Number(compact.slice(0, 4)), Number(compact.slice(4, 6)), Number(compact.slice(6, 8))) &&
    passesLuhn(compact.slice(0, 12)),
  prior: -2,
  positive: ['matricule', 'luxembourg*', 'national id*', 'sozialversicherung*'],
});

/** Liechtenstein and others without a check digit are left out; Slovak and Czech numbers share one form. */
export const irishNumber = nationalNumber({
  type: 'IE_PPSN',
  tier: 'A',
  triggers: [mixed(8, 9), digits(7, 7, [' a'])],
  pattern: /\d{7}(?: [A-W][A-IW]?|[A-Wa-w][A-IWa-iw]?)/y,
  check: isIrishNumber,
  prior: -0.5,
  positive: ['pps*', 'personal public service*', 'irish*'],
});

/** PPS number: weights 8 to 2, the second letter times 9, remainder by 23 as a letter. */
export function isIrishNumber(compact: string): boolean {
  const second = compact[8] === undefined || compact[8] === 'W' ? 0 : compact.charCodeAt(8) - 64;
  const remainder = (weightedSum(compact, [8, 7, 6, 5, 4, 3, 2]) + second * 9) % 23;
  return 'WABCDEFGHIJKLMNOPQRSTUV'[remainder] === compact[7];
}

import { isCalendarDay, passesLuhn, weightedSum } from '../../detection/checksum.ts';
import { digits, mixed, nationalNumber } from './national-number.ts';

const HETU_CHECK = '0123456789ABCDEFHJKLMNPRSTUVWXY';

function isShortDate(day: number, month: number): boolean {
  return isCalendarDay(2000, month, day);
}

/** Swedish personnummer or samordningsnummer (day plus 60): Luhn over ten digits. */
export function isSwedishNumber(compact: string): boolean {
  const short = compact.replace('+', '').slice(-10);
  const day = Number(short.slice(4, 6));
  return isShortDate(day > 60 ? day - 60 : day, Number(short.slice(2, 4))) && passesLuhn(short);
}

/** Danish CPR number: a date, and for numbers before October 2007 a sum that 11 divides. */
export function isDanishNumber(compact: string): boolean {
  return isShortDate(Number(compact.slice(0, 2)), Number(compact.slice(2, 4)));
}

/** Whether the CPR number also passes the check of modulus 11, which is no longer compulsory. */
export function passesDanishCheck(compact: string): boolean {
  return weightedSum(compact, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
}

/** Finnish henkilötunnus: date, century sign, serial, one of 31 check characters. */
export function isFinnishNumber(value: string): boolean {
  const match = /^(\d{2})(\d{2})(\d{2})[-+A-FU-Y]?(\d{3})([0-9A-Y])$/.exec(value);
  if (!match) return false;
  const [, day = '', month = '', year = '', serial = '', check = ''] = match;
  if (!isShortDate(Number(day), Number(month))) return false;
  return HETU_CHECK[Number(day + month + year + serial) % 31] === check;
}

/** Norwegian fødselsnummer or D-number (day plus 40): two digits by modulus 11. */
export function isNorwegianNumber(compact: string): boolean {
  const day = Number(compact.slice(0, 2));
  if (!isShortDate(day > 40 ? day - 40 : day, Number(compact.slice(2, 4)))) return false;
  const first = weightedSum(compact, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]);
  const second = weightedSum(compact, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
  return first % 11 === 0 && second % 11 === 0;
}

/** Icelandic kennitala: a date and one digit by modulus 11. */
export function isIcelandicNumber(compact: string): boolean {
  const day = Number(compact.slice(0, 2));
  if (!isShortDate(day > 40 ? day - 40 : day, Number(compact.slice(2, 4)))) return false;
  return weightedSum(compact, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 && /[089]$/.test(compact);
}

export const swedishNumber = nationalNumber({
  type: 'SE_PNR',
  tier: 'B',
  triggers: [
    digits(10),
    digits(12),
    digits(6, 6, ['-0']),
    digits(8, 8, ['-0']),
    { kind: 'token', token: 'digits', min: 6 },
  ],
  pattern: /(?:19|20)\d{6}[-+]?\d{4}|\d{6}[-+]?\d{4}/y,
  check: isSwedishNumber,
  prior: -1.2,
  groupedBonus: 2.5,
  positive: ['personnummer', 'pnr', 'personal identity number', 'samordningsnummer', 'swedish*', 'person nr', 'persnr'],
  negative: ['cpr*', 'tel*', 'phone*', 'kennitala'],
});

export const danishNumber = nationalNumber({
  type: 'DK_CPR',
  tier: 'B',
  triggers: [digits(10), digits(6, 6, ['-0', ' 0'])],
  pattern: /\d{6}[- ]?\d{4}/y,
  check: isDanishNumber,
  prior: -2.2,
  groupedBonus: 1,
  positive: ['cpr*', 'personnummer', 'danish*', 'person nr'],
  negative: ['tel*', 'phone*'],
});

export const finnishNumber = nationalNumber({
  type: 'FI_HETU',
  tier: 'A',
  triggers: [mixed(11), digits(6, 6, ['-0'])],
  pattern: /\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]/y,
  check: isFinnishNumber,
  prior: 3.5,
  positive: ['hetu', 'henkilötunnus', 'henkilotunnus', 'finnish*', 'personbeteckning', 'personal identity code'],
});

export const norwegianNumber = nationalNumber({
  type: 'NO_FNR',
  tier: 'A',
  triggers: [digits(11), digits(6, 6, [' 0'])],
  pattern: /\d{6} ?\d{5}/y,
  check: isNorwegianNumber,
  prior: 0.4,
  groupedBonus: 0.5,
  positive: ['fødselsnummer', 'fodselsnummer', 'fnr', 'personnummer', 'd nummer', 'norwegian*'],
});

export const icelandicNumber = nationalNumber({
  type: 'IS_KT',
  tier: 'B',
  triggers: [digits(10), digits(6, 6, ['-0'])],
  pattern: /\d{6}-?\d{4}/y,
  check: isIcelandicNumber,
  prior: -2,
  groupedBonus: 0.5,
  positive: ['kennitala', 'kt', 'icelandic*'],
});

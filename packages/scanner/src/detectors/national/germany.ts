import { passesMod1110 } from '../../detection/checksum.ts';
import { digits, letters, mixed, nationalNumber } from './national-number.ts';

/**
 * Steuer-ID: ISO 7064 MOD 11,10. The rule that of the first ten digits exactly one occurs two or three times is left
 * out: test numbers and some issued before 2016 break it.
 */
export function isGermanTaxId(compact: string): boolean {
  return !compact.startsWith('0') && passesMod1110(compact);
}

function crossSum(product: number): number {
  return Math.floor(product / 10) + (product % 10);
}

function letterNumber(letter: string): string {
  return String(letter.charCodeAt(0) - 64).padStart(2, '0');
}

/** Versicherungsnummer of the pension insurance: area, date of birth, initial, serial, check digit. */
export function isGermanPensionNumber(compact: string): boolean {
  const match = /^(\d{2})(\d{2})(\d{2})(\d{2})([A-Z])(\d{2})(\d)$/.exec(compact);
  if (!match) return false;
  const [, area = '', day = '', month = '', year = '', letter = '', serial = '', check = ''] = match;
  if (Number(area) < 2 || Number(month) > 12 || Number(month) < 1 || Number(day) < 1 || Number(day) > 81) return false;
  const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
  const body = area + day + month + year + letterNumber(letter) + serial;
  let sum = 0;
  for (const [index, weight] of weights.entries()) sum += crossSum(Number(body[index]) * weight);
  return sum % 10 === Number(check);
}

/** Krankenversichertennummer: a letter, eight digits, check digit by cross sums. */
export function isGermanHealthNumber(compact: string): boolean {
  const body = letterNumber(compact.charAt(0)) + compact.slice(1, 9);
  let sum = 0;
  for (let index = 0; index < body.length; index++) sum += crossSum(Number(body[index]) * (index % 2 === 0 ? 1 : 2));
  return sum % 10 === Number(compact[9]);
}

/** The check digit of machine-readable documents: weights 7, 3, 1 (ICAO 9303). */
export function documentCheckDigit(value: string): number {
  let sum = 0;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    const number = code === 0x3c ? 0 : code >= 65 ? code - 55 : code - 48;
    sum += number * ([7, 3, 1][index % 3] ?? 0);
  }
  return sum % 10;
}

/** Steuerliche Identifikationsnummer. */
export const germanTaxId = nationalNumber({
  type: 'DE_STEUERID',
  tier: 'B',
  triggers: [digits(11), digits(2, 2, [' 0'])],
  pattern: /\d{11}|\d{2} \d{3} \d{3} \d{3}/y,
  check: isGermanTaxId,
  prior: -1,
  groupedBonus: 2,
  positive: [
    'steuer*',
    'idnr',
    'id nr',
    'tin',
    'tax id*',
    'tax identification*',
    'identifikationsnummer',
    'idnr steuer',
    'fiscaal nummer',
    'identifiant fiscal',
    'german tax*',
  ],
  negative: ['ust*', 'umsatzsteuer*'],
});

/** Rentenversicherungsnummer, Sozialversicherungsnummer. */
export const germanPensionNumber = nationalNumber({
  type: 'DE_RVNR',
  tier: 'A',
  triggers: [mixed(12), digits(2, 2, [' 0']), digits(8, 8, [' a'])],
  pattern: /\d{2} ?\d{6} ?[A-Z] ?\d{3}/y,
  check: isGermanPensionNumber,
  prior: 1.5,
  groupedBonus: 2,
  positive: [
    'rentenversicherung*',
    'versicherungsnummer',
    'sozialversicherung*',
    'rvnr',
    'rv nummer',
    'sv nummer',
    'svnr',
    'sv nr',
    'vsnr',
    'social security*',
    'pension*',
  ],
});

/** Krankenversichertennummer. */
export const germanHealthNumber = nationalNumber({
  type: 'DE_KVNR',
  tier: 'B',
  triggers: [mixed(10)],
  pattern: /[A-Z]\d{9}/y,
  check: isGermanHealthNumber,
  prior: -0.8,
  positive: [
    'krankenversicher*',
    'versichertennummer',
    'versicherten nr',
    'versichertennr',
    'kvnr',
    'kv nummer',
    'kv nr',
    'gesundheitskarte',
    'egk',
    'krankenkasse*',
    'health insurance*',
  ],
});

/** Personalausweis or Reisepass. */
export const germanDocument = nationalNumber({
  type: 'ID_DE',
  tier: 'C',
  triggers: [mixed(9, 10), letters(9, 10)],
  pattern: /[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d?/y,
  check: (compact) =>
    /\d/.test(compact) && (compact.length === 9 || documentCheckDigit(compact.slice(0, 9)) === Number(compact[9])),
  prior: -3,
  positive: ['personalausweis*', 'ausweis*', 'reisepass*', 'passnummer', 'pass nr', 'identity card', 'perso'],
});

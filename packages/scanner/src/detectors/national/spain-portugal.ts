import { weightedSum } from '../../detection/checksum.ts';
import { digits, letters, mixed, nationalNumber } from './national-number.ts';

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** DNI: eight digits and the letter of their remainder by 23. */
export function isSpanishDni(compact: string): boolean {
  return DNI_LETTERS[Number(compact.slice(0, 8)) % 23] === compact[8];
}

/** NIE: X, Y or Z stands for 0, 1 or 2 before seven digits; letter as in the DNI. */
export function isSpanishNie(compact: string): boolean {
  return isSpanishDni('XYZ'.indexOf(compact.charAt(0)) + compact.slice(1));
}

/** CIF of a company: letter, seven digits, a control digit or letter. */
export function isSpanishCif(compact: string): boolean {
  let sum = 0;
  for (let index = 1; index <= 7; index++) {
    const digit = Number(compact[index]);
    sum += index % 2 === 0 ? digit : Math.floor((digit * 2) / 10) + ((digit * 2) % 10);
  }
  const control = (10 - (sum % 10)) % 10;
  const last = compact.charAt(8);
  return last === String(control) || last === 'JABCDEFGHI'[control];
}

/** NIF of Portugal: weights 9 to 2, 11 minus the remainder by 11, 10 and 11 as 0. */
export function isPortugueseNif(compact: string): boolean {
  const check = 11 - (weightedSum(compact, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return /^[1235689]/.test(compact) && Number(compact[8]) === (check > 9 ? 0 : check);
}

export const spanishDni = nationalNumber({
  type: 'ES_DNI',
  tier: 'A',
  triggers: [mixed(9), digits(8, 8, ['-a', ' a']), digits(2, 2, ['.0'])],
  pattern: /\d{8}[- ]?[A-Za-z]|\d{2}\.\d{3}\.\d{3}[- ]?[A-Za-z]/y,
  check: isSpanishDni,
  prior: 0.6,
  groupedBonus: 0.5,
  positive: ['dni', 'nif', 'documento nacional*', 'd n i', 'documento de identidad', 'spanish id', 'identidad'],
});

export const spanishNie = nationalNumber({
  type: 'ES_NIE',
  tier: 'A',
  triggers: [mixed(9), letters(1, 1, ['-0', ' 0']), mixed(8, 8, ['-a', ' a'])],
  pattern: /[XYZxyz][- ]?\d{7}[- ]?[A-Za-z]/y,
  check: isSpanishNie,
  prior: 2,
  positive: ['nie', 'nif', 'extranjero*', 'tarjeta de residencia'],
});

export const spanishCif = nationalNumber({
  type: 'ES_CIF',
  tier: 'B',
  triggers: [mixed(9)],
  pattern: /[ABCDEFGHJNPQRSUVW]\d{7}[\dA-J]/y,
  check: isSpanishCif,
  prior: -1,
  positive: ['cif', 'nif', 'empresa'],
});

export const portugueseNif = nationalNumber({
  type: 'PT_NIF',
  tier: 'B',
  triggers: [digits(9), digits(3, 3, [' 0'])],
  pattern: /\d{9}|\d{3} \d{3} \d{3}/y,
  check: isPortugueseNif,
  prior: -2,
  positive: [
    'nif',
    'contribuinte',
    'nipc',
    'número fiscal',
    'numero fiscal',
    'identificação fiscal',
    'portuguese tax*',
    'tax number',
  ],
});

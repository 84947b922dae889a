import { passesLuhn } from '../../detection/checksum.ts';
import { digits, nationalNumber } from './national-number.ts';

/** NIR: thirteen characters and 97 minus their remainder by 97; Corsica's 2A and 2B count as 19 and 18. */
export function isFrenchSocialNumber(compact: string): boolean {
  if (!/^[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{8}$/.test(compact)) return false;
  const body = compact.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - Number(BigInt(body) % 97n) === Number(compact.slice(13));
}

/** Numéro de sécurité sociale. */
export const frenchSocialNumber = nationalNumber({
  type: 'FR_NIR',
  tier: 'A',
  triggers: [
    digits(15),
    digits(13, 13, [' 0', '-0']),
    digits(1, 1, [' 0', '-0', '.0']),
    { kind: 'token', token: 'mixed', min: 15 },
  ],
  pattern: /[1-478]([ .-]?)\d{2}\1\d{2}\1(?:\d{2}|2[ABab])\1\d{3}\1\d{3}[ .-]?\d{2}/y,
  check: isFrenchSocialNumber,
  prior: 1.5,
  groupedBonus: 3,
  positive: [
    'nir',
    'insee',
    'sécurité sociale',
    'securite sociale',
    'sécu',
    'secu',
    'numéro ss',
    'n° ss',
    'social security*',
    'assuré',
    'immatriculation',
    'num secu',
  ],
});

/** SIRET, the number of a French establishment. */
export const frenchEstablishment = nationalNumber({
  type: 'FR_SIRET',
  tier: 'B',
  triggers: [digits(14), digits(3, 3, [' 0'])],
  pattern: /\d{14}|\d{3} \d{3} \d{3} \d{5}/y,
  check: passesLuhn,
  prior: -2.5,
  groupedBonus: 1,
  positive: ['siret'],
});

/** SIREN, the number of a French company. */
export const frenchCompany = nationalNumber({
  type: 'FR_SIREN',
  tier: 'B',
  triggers: [digits(9), digits(3, 3, [' 0'])],
  pattern: /\d{9}|\d{3} \d{3} \d{3}/y,
  check: passesLuhn,
  prior: -3,
  positive: ['siren', 'rcs'],
});

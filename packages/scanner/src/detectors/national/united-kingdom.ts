import { weightedSum } from '../../detection/checksum.ts';
import { digits, letters, mixed, nationalNumber } from './national-number.ts';

/** NHS number: ten digits, weights 10 to 2, 11 minus the remainder by 11. */
export function isNhsNumber(compact: string): boolean {
  const check = (11 - (weightedSum(compact, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return check !== 10 && check === Number(compact[9]) && !/^(\d)\1{9}$/.test(compact);
}

/** National Insurance number: prefixes never issued are refused; the last letter is A to D. */
export function isNationalInsuranceNumber(compact: string): boolean {
  return /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(compact);
}

/** Unique Taxpayer Reference: check digit first, weights 6 7 8 9 10 5 4 3 2. */
export function isTaxpayerReference(compact: string): boolean {
  const remainder = weightedSum(compact.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
  return '21987654321'[remainder] === compact[0];
}

export const nhsNumber = nationalNumber({
  type: 'UK_NHS',
  tier: 'B',
  triggers: [digits(10), digits(3, 3, [' 0', '-0'])],
  pattern: /\d{10}|\d{3}([ -])\d{3}\1\d{4}/y,
  check: isNhsNumber,
  prior: -1.5,
  groupedBonus: 0.5,
  positive: ['nhs*', 'national health*', 'health number', 'patient number'],
  negative: ['phone*', 'tel*', 'call'],
});

export const nationalInsuranceNumber = nationalNumber({
  type: 'UK_NINO',
  tier: 'B',
  triggers: [mixed(9), letters(2, 2, [' 0']), mixed(8, 8, [' a'])],
  pattern: /[A-Za-z]{2}( ?)\d{2}\1\d{2}\1\d{2}\1[A-Da-d]/y,
  check: isNationalInsuranceNumber,
  prior: -0.3,
  groupedBonus: 2,
  positive: ['ni number', 'nino', 'national insurance*', 'ni no', 'n i', 'ni'],
});

export const taxpayerReference = nationalNumber({
  type: 'UK_UTR',
  tier: 'B',
  triggers: [digits(10), digits(5, 5, [' 0'])],
  pattern: /\d{10}|\d{5} \d{5}/y,
  check: isTaxpayerReference,
  prior: -2.5,
  positive: ['utr', 'unique taxpayer*', 'taxpayer reference'],
});

export const britishDrivingLicence = nationalNumber({
  type: 'UK_DRIVING_LICENCE',
  tier: 'C',
  triggers: [mixed(16)],
  pattern: /[A-Z]{1,5}9{0,4}\d[0156]\d(?:0[1-9]|[12]\d|3[01])\d[A-Z9]{2}[A-Z0-9]{3}/y,
  check: (compact) => compact.length === 16,
  prior: 0,
  positive: ['driving*', 'driver*', 'dvla', 'licen*', 'rijbewijs*'],
});

export const britishPassport = nationalNumber({
  type: 'PASSPORT_UK',
  tier: 'C',
  triggers: [digits(9)],
  pattern: /\d{9}/y,
  check: () => true,
  prior: -3.2,
  positive: ['uk passport', 'british passport', 'passport number', 'passport no'],
});

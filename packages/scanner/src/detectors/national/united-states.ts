import { digits, mixed, nationalNumber } from './national-number.ts';

/** Numbers that were printed on sample cards and have belonged to nobody since. */
const SAMPLES = new Set(['078051120', '219099999', '123456789', '987654321', '111111111']);

/** Social Security number: area 001 to 899 but 666, group 01 to 99, serial 0001 to 9999. */
export function isSocialSecurityNumber(compact: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(compact) && !SAMPLES.has(compact);
}

export const socialSecurityNumber = nationalNumber({
  type: 'US_SSN',
  tier: 'C',
  triggers: [digits(9), digits(3, 3, ['-0', ' 0', '.0'])],
  pattern: /\d{9}|\d{3}([- .])\d{2}\1\d{4}/y,
  check: isSocialSecurityNumber,
  prior: -3.2,
  groupedBonus: 4,
  positive: ['ssn*', 'social security*', 'soc sec', 'ss #', 'ss'],
  negative: ['bsn*', 'burgerservice*'],
});

export const individualTaxpayerNumber = nationalNumber({
  type: 'US_ITIN',
  tier: 'C',
  triggers: [digits(9), digits(3, 3, ['-0', ' 0'])],
  pattern: /9\d{2}([- ]?)(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\1\d{4}/y,
  check: () => true,
  prior: -3,
  groupedBonus: 3.5,
  positive: ['itin', 'individual taxpayer*', 'taxpayer*', 'tax id*'],
});

export const americanDrivingLicence = nationalNumber({
  type: 'US_DRIVING_LICENCE',
  tier: 'C',
  triggers: [mixed(6, 14), digits(7, 12)],
  pattern: /[A-Z]{1,2}\d{4,12}|\d{7,12}|[A-Z]\d{3}-\d{4}-\d{4}/y,
  check: () => true,
  prior: -3.6,
  positive: [
    "driver's license*",
    'drivers license*',
    'driver license*',
    'driver s license*',
    'driving license*',
    'dl number',
    'license number',
    'dl',
    'driver s licence*',
    'permit',
  ],
});

export const americanPassport = nationalNumber({
  type: 'PASSPORT_US',
  tier: 'C',
  triggers: [digits(9), mixed(9)],
  pattern: /[A-Z]?\d{8,9}/y,
  check: (compact) => compact.length === 9,
  prior: -3.1,
  positive: [
    'us passport',
    'passport',
    'u s passport',
    'american passport',
    'passport number',
    'passport #',
    'travel document',
  ],
});

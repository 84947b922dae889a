import { digitsOf, isRepeated, passesLuhn } from '../detection/checksum.ts';
import type { Detector } from '../detection/detector.ts';
import { matchAt } from '../detection/number-window.ts';

const WRITTEN =
  /\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5}|\d{12,19}|\d{4}([ -])\d{4}\3\d{4}\3\d{1,3}/y;

interface Issuer {
  readonly name: string;
  readonly prefix: RegExp;
  readonly lengths: readonly number[];
}

const ISSUERS: readonly Issuer[] = [
  { name: 'Visa', prefix: /^4/, lengths: [13, 16, 19] },
  { name: 'Mastercard', prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { name: 'American Express', prefix: /^3[47]/, lengths: [15] },
  { name: 'Diners Club', prefix: /^(?:30[0-5]|3095|36|3[89])/, lengths: [14, 16] },
  { name: 'Discover', prefix: /^(?:6011|64[4-9]|65)/, lengths: [16, 19] },
  { name: 'JCB', prefix: /^35(?:2[89]|[3-8])/, lengths: [16, 19] },
  { name: 'JCB', prefix: /^(?:2131|1800)/, lengths: [15] },
  { name: 'UnionPay', prefix: /^62/, lengths: [16, 17, 18, 19] },
  { name: 'Maestro', prefix: /^(?:5018|5020|5038|5[6-8]|6304|6759|676[1-3])/, lengths: [12, 13, 15, 16, 18, 19] },
];

/** The card network a number belongs to, or undefined when prefix, length or Luhn digit do not fit. */
export function cardIssuer(digits: string): string | undefined {
  const issuer = ISSUERS.find(
    (candidate) => candidate.lengths.includes(digits.length) && candidate.prefix.test(digits),
  );
  return issuer && passesLuhn(digits) && !isRepeated(digits) ? issuer.name : undefined;
}

/** Payment card number. Luhn passes one number in ten; issuer prefix, grouping and context do the rest. */
export const card: Detector = {
  type: 'CARD',
  tier: 'B',
  triggers: [
    { kind: 'token', token: 'digits', min: 12, max: 19 },
    { kind: 'token', token: 'digits', min: 4, next: [' 0', '-0'] },
  ],
  prior: -1.5,
  context: {
    positive: [
      'card*',
      'creditcard*',
      'credit card*',
      'debit card*',
      '*kaart',
      '*kaartnummer',
      '*kaartnr',
      'kaart*',
      'visa',
      'mastercard',
      'master card',
      'amex',
      'american express',
      'maestro',
      'diners',
      'discover',
      'jcb',
      'kreditkarte*',
      'karten*',
      'karte',
      'carte*',
      'cb',
      'pan',
      'cc',
      'ccn',
      'cc number',
      'cc num',
      'tarjeta*',
      'betaalpas',
      'payment method',
      'betaald met',
      'cvc',
      'cvv',
      'expiry',
      'exp',
      'vervaldatum',
    ],
    negative: ['imei', 'iccid', 'sim*', 'giftcard*', 'loyalty*', 'klantenkaart*', 'bonuskaart*', 'id'],
  },
  verify(candidate) {
    const found = matchAt(candidate, WRITTEN);
    if (!found) return undefined;
    const issuer = cardIssuer(digitsOf(found.value));
    if (issuer === undefined) return undefined;
    const grouped = /\D/.test(found.value);
    // Twelve digits are the length of many other numbers.
    const short = found.value.length === 12;
    return {
      start: found.start,
      end: found.end,
      bonus: grouped ? 3.5 : short ? -1 : 0,
      reasons: [`${issuer} prefix, Luhn digit holds`],
    };
  },
};

/** IMEI of a mobile phone: fifteen digits with a Luhn digit, named as such. */
export const imei: Detector = {
  type: 'IMEI',
  tier: 'B',
  triggers: [{ kind: 'token', token: 'digits', min: 15 }],
  prior: -3,
  context: { positive: ['imei*'] },
  verify(candidate) {
    const found = matchAt(candidate, /\d{15}/y);
    if (!found || !passesLuhn(found.value)) return undefined;
    return { start: found.start, end: found.end, reasons: ['Luhn digit holds'] };
  },
};

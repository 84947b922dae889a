import { digitsOf, passesLuhn, passesMod1110, remainderBy97, weightedSum } from '../detection/checksum.ts';
import type { Detector } from '../detection/detector.ts';
import { standsAlone } from '../detection/number-window.ts';
import { isBsn } from './bsn.ts';
import { isIrishNumber } from './national/central-europe.ts';
import { isGreekTaxNumber } from './national/eastern-europe.ts';
import { isCroatianOib, isPolishNip } from './national/central-europe.ts';
import { isPortugueseNif, isSpanishCif, isSpanishDni, isSpanishNie } from './national/spain-portugal.ts';

/** The part after the country letters, and the check digits it must have; without a check the form alone speaks. */
interface VatRule {
  readonly form: RegExp;
  readonly check?: (body: string) => boolean;
}

function mod11(body: string, weights: readonly number[], check: number): boolean {
  return (weightedSum(body, weights) % 11) % 10 === check;
}

const RULES: Readonly<Record<string, VatRule>> = {
  AT: { form: /^U\d{8}$/, check: (body) => isAustrianVat(digitsOf(body)) },
  BE: { form: /^[01]\d{9}$/, check: (body) => 97 - (Number(body.slice(0, 8)) % 97) === Number(body.slice(8)) },
  BG: { form: /^\d{9,10}$/ },
  CY: { form: /^\d{8}[A-Z]$/ },
  CZ: { form: /^\d{8,10}$/ },
  DE: { form: /^[1-9]\d{8}$/, check: passesMod1110 },
  DK: { form: /^[1-9]\d{7}$/, check: (body) => weightedSum(body, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 },
  EE: { form: /^10\d{7}$/, check: (body) => weightedSum(body, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 },
  EL: { form: /^\d{9}$/, check: isGreekTaxNumber },
  ES: {
    form: /^[A-Z0-9]\d{7}[A-Z0-9]$/,
    check: (body) => isSpanishCif(body) || isSpanishDni(body) || isSpanishNie(body),
  },
  FI: {
    form: /^\d{8}$/,
    check: (body) => (11 - (weightedSum(body, [7, 9, 10, 5, 8, 4, 2]) % 11)) % 11 === Number(body[7]),
  },
  FR: { form: /^[A-Z0-9]{2}\d{9}$/, check: isFrenchVat },
  GB: { form: /^\d{9}(?:\d{3})?$/, check: isBritishVat },
  HR: { form: /^\d{11}$/, check: isCroatianOib },
  HU: { form: /^\d{8}$/, check: (body) => weightedSum(body, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0 },
  IE: {
    form: /^\d{7}[A-W][A-I]?$|^\d[A-Z+*]\d{5}[A-W]$/,
    check: (body) => /^\d[A-Z+*]/.test(body) || isIrishNumber(body),
  },
  IT: { form: /^\d{11}$/, check: passesLuhn },
  LT: { form: /^\d{9}$|^\d{12}$/ },
  LU: { form: /^\d{8}$/, check: (body) => Number(body.slice(0, 6)) % 89 === Number(body.slice(6)) },
  LV: { form: /^\d{11}$/ },
  MT: { form: /^[1-9]\d{7}$/, check: (body) => weightedSum(body, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 === 0 },
  NL: { form: /^\d{9}B\d{2}$/, check: isDutchVat },
  PL: { form: /^\d{10}$/, check: isPolishNip },
  PT: { form: /^\d{9}$/, check: isPortugueseNif },
  RO: { form: /^[1-9]\d{1,9}$/, check: (body) => isRomanianVat(body) },
  SE: { form: /^\d{10}01$/, check: (body) => passesLuhn(body.slice(0, 10)) },
  SI: { form: /^[1-9]\d{7}$/, check: (body) => mod11Complement(body, [8, 7, 6, 5, 4, 3, 2]) === Number(body[7]) },
  SK: { form: /^[1-9]\d{9}$/, check: (body) => Number(body) % 11 === 0 },
};

function mod11Complement(body: string, weights: readonly number[]): number {
  const check = 11 - (weightedSum(body, weights) % 11);
  return check === 10 ? 0 : check;
}

function isAustrianVat(body: string): boolean {
  let sum = 4;
  for (let index = 0; index < 7; index++) {
    const product = Number(body[index]) * (index % 2 === 0 ? 1 : 2);
    sum += Math.floor(product / 10) + (product % 10);
  }
  return (10 - (sum % 10)) % 10 === Number(body[7]);
}

function isFrenchVat(body: string): boolean {
  if (!/^\d{11}$/.test(body)) return passesLuhn(body.slice(2));
  return (12 + 3 * (Number(body.slice(2)) % 97)) % 97 === Number(body.slice(0, 2));
}

function isBritishVat(body: string): boolean {
  const sum = weightedSum(body, [8, 7, 6, 5, 4, 3, 2]) + Number(body.slice(7, 9));
  return sum % 97 === 0 || (sum + 55) % 97 === 0;
}

function isRomanianVat(body: string): boolean {
  if (body.length < 6) return false;
  const padded = body.padStart(10, '0');
  return mod11(
    padded.slice(0, 9),
    [7, 5, 3, 2, 1, 7, 5, 3, 2].map((weight) => weight * 10),
    Number(padded[9]),
  );
}

/** BTW-id: nine digits that pass the eleven test, or since 2020 a remainder of 1 by 97 over the whole identifier. */
export function isDutchVat(body: string): boolean {
  return isBsn(body.slice(0, 9)) || remainderBy97(`NL${body}`) === 1;
}

const LONGEST = 18;

/** VAT number with its country letters, as every member state writes it on invoices. */
export const vat: Detector = {
  type: 'BTW_NL',
  alsoTypes: Object.keys(RULES).map((country) => `VAT_${country}`),
  tier: 'A',
  triggers: [
    { kind: 'token', token: 'mixed', min: 4, max: 16 },
    { kind: 'token', token: 'letters', min: 2, next: [' 0', '.0', '-0'] },
  ],
  prior: 0,
  context: {
    positive: [
      'vat*',
      'btw*',
      'tva*',
      'ust*',
      'umsatzsteuer*',
      'mwst*',
      'iva',
      'p iva',
      'partita iva',
      'moms*',
      'nif',
      'tax*',
      'omzetbelasting*',
      'ob nummer',
      'nip',
      'cif',
      'dph',
      'dič',
      'alv',
      'uid*',
      'intracommunautaire',
      'intra-community',
    ],
  },
  heedsOtherLabels: false,
  verify({ text, start }) {
    const country = text.slice(start, start + 2);
    const rule = RULES[country];
    if (!rule) return undefined;
    const written =
      /^[A-Z]{2}[ .-]?[A-Z0-9+*]{1,4}(?:[ .-]?[A-Z0-9]{1,11}){0,4}/.exec(text.slice(start, start + LONGEST + 4))?.[0] ??
      '';
    for (let candidate = written; candidate.length >= 8; candidate = candidate.replace(/[ .-]?[A-Z0-9]+$/, '')) {
      const end = start + candidate.length;
      const body = candidate.slice(2).replace(/[ .-]/g, '');
      if (rule.form.test(body) && standsAlone(text, start, end)) {
        if (rule.check && !rule.check(body)) return undefined;
        const bonus = country === 'NL' ? 4 : rule.check ? 1.6 : -1;
        const type = country === 'NL' ? 'BTW_NL' : `VAT_${country === 'EL' ? 'GR' : country}`;
        return { start, end, type, bonus, reasons: [rule.check ? 'check digits hold' : 'form of the country'] };
      }
      if (!/[ .-]/.test(candidate)) return undefined;
    }
    return undefined;
  },
};

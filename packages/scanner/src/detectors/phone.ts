import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { isWordCode } from '../detection/character-class.ts';
import { isRepeated } from '../detection/checksum.ts';
import type { Detector } from '../detection/detector.ts';

const LONGEST_WRITTEN = 26;
const INTERNATIONAL = /(?:\+|00)[ ]?\(?\d[\d ().\-/\u00a0]{6,24}/y;
const NATIONAL = /\(?0[\d ().\-/\u00a0]{7,20}/y;
/** Countries whose national form (with its leading 0) we read, most likely first. */
const NATIONAL_COUNTRIES: readonly CountryCode[] = ['NL', 'BE', 'DE', 'FR', 'GB', 'IT', 'AT', 'CH', 'SE', 'FI', 'IE'];

const PHONE_WORDS = [
  'tel*',
  'phone*',
  '*phone',
  'mobile*',
  'mobiel*',
  'mob',
  'mobil*',
  'gsm*',
  'fax*',
  'call*',
  'bel',
  'belt',
  'bellen',
  'bereik*',
  'nieuwe nummer',
  'nummer is',
  'nummer thuis',
  'contact*',
  'handy*',
  'rufnummer*',
  'portable',
  'téléphone',
  'tél',
  'whatsapp*',
  'sms',
  'app',
  'reach*',
  'dial',
  'noodnummer',
  'spoednummer',
  'huistelefoon',
  'vast nummer',
  'cell*',
  'anruf*',
  'appeler',
  'joignable',
  'erreichbar*',
  'erreichen',
];

/** Telephone number, national or international, checked against the numbering plan of its country. */
export const phone: Detector = {
  type: 'PHONE',
  tier: 'B',
  triggers: [
    { kind: 'mark', marks: '+(' },
    { kind: 'token', token: 'digits', min: 9, max: 16 },
    { kind: 'token', token: 'digits', min: 2, max: 6, next: [' 0', '-0', '.0', '/0'] },
    { kind: 'token', token: 'digits', min: 3, max: 4, next: ['end'] },
  ],
  prior: -1,
  context: { positive: PHONE_WORDS, negative: ['bsn*', 'iban*', 'rekening*', 'kvk*', 'btw*', 'vat*', 'id'] },
  verify({ text, start }) {
    const first = text[start];
    const previous = text.charCodeAt(start - 1);
    if (isWordCode(previous) || /[+_./\\-]/.test(text[start - 1] ?? '')) return undefined;
    if (/(?:(?<!\d)\d{2,4}|[A-Z]{2}\d{2} [A-Z]{4}) $/.test(text.slice(Math.max(0, start - 10), start)))
      return undefined;
    if (first === '+' || first === '0') {
      const international = readInternational(text, start);
      if (international) return international;
      if (first === '+') return readLabelled(text, start);
    }
    if (first === '0' || (first === '(' && text[start + 1] === '0'))
      return readNational(text, start) ?? readLabelled(text, start);
    return readLabelled(text, start) ?? readGrouped(text, start);
  },
};

function readInternational(
  text: string,
  start: number,
): { start: number; end: number; bonus: number; reasons: string[] } | undefined {
  INTERNATIONAL.lastIndex = start;
  const written = INTERNATIONAL.exec(text)?.[0];
  if (written === undefined) return undefined;
  for (const candidate of trims(written)) {
    const end = start + candidate.length;
    if (isWordCode(text.charCodeAt(end)) || isCutShort(written, candidate)) continue;
    const parsed = parsePhoneNumberFromString(candidate.replace(/^00/, '+').replace('(0)', ''));
    if (parsed?.isPossible() !== true || isRepeated(parsed.nationalNumber.slice(2))) continue;
    // Numbering plans lag behind what operators hand out: a possible number counts when words speak for it.
    const plus = candidate.startsWith('+');
    if (!parsed.isValid() && (!plus || parsed.country === undefined)) continue;
    const bonus = plus ? (parsed.isValid() ? 4.5 : 0) : 2;
    return { start, end, bonus, reasons: [`valid ${parsed.country ?? 'international'} number`] };
  }
  return undefined;
}

function readNational(
  text: string,
  start: number,
): { start: number; end: number; bonus: number; reasons: string[] } | undefined {
  NATIONAL.lastIndex = start;
  const written = NATIONAL.exec(text)?.[0];
  if (written === undefined) return undefined;
  for (const candidate of trims(written)) {
    const end = start + candidate.length;
    if (isWordCode(text.charCodeAt(end)) || isCutShort(written, candidate)) continue;
    const digits = candidate.replace(/\D/g, '');
    if (digits.length < 9 || digits.length > 12 || isRepeated(digits.slice(2)) || digits.startsWith('010203')) continue;
    for (const country of NATIONAL_COUNTRIES) {
      const parsed = parsePhoneNumberFromString(candidate, country);
      if (parsed?.isValid() !== true) continue;
      const dutch = country === 'NL';
      const grouped = /^\(?0\d{1,3}\)?[ \-/]/.test(candidate);
      const mobile = dutch && digits.startsWith('06');
      const bonus = (dutch ? (grouped ? 3 : mobile ? 2 : 0) : grouped ? 0.5 : -0.5) + 0;
      return { start, end, bonus, reasons: [`valid ${country} number`] };
    }
  }
  return undefined;
}

const LABEL =
  /(?:phone|telephone|tel|telefoon|telefon|fax|mobile|mobiel|mobil|cell|gsm|desk|office)(?: ?(?:number|no|nr|nummer))?[.]?[:#]?\s?$/i;
/** What people say before the number on which they can be reached. */
const LEAD_IN =
  /(?:(?:call|reach|text|ring|phone) (?:me|us|him|her|them|back) (?:on|at)|answering at|messages to|(?:bel|bereik|app) (?:me|ons|hem|haar) op|(?:te )?bereik(?:en|baar) op|terugbellen op) $/i;
const LABELLED = /[+(]?\(?\d[\d ().-]{5,18}\d(?![\d.-])/y;

/** A number right behind a word for telephone, in whatever national form. */
function readLabelled(
  text: string,
  start: number,
): { start: number; end: number; bonus: number; reasons: string[] } | undefined {
  const before = text.slice(Math.max(0, start - 28), start);
  const labelled = LABEL.test(before);
  if (!labelled && !LEAD_IN.test(before)) return undefined;
  LABELLED.lastIndex = start;
  const written = LABELLED.exec(text)?.[0];
  if (
    written === undefined ||
    (isWordCode(text.charCodeAt(start + written.length)) && text[start + written.length] !== 'x')
  )
    return undefined;
  const digits = written.replace(/\D/g, '');
  if (digits.length < 7 || digits.length > 13 || isRepeated(digits)) return undefined;
  // Dates and network addresses stand behind such words too.
  if (/^(?:\d{4}[-. ]\d\d?[-. ]\d\d?|\d\d?[-. ]\d\d?[-. ]\d{4}|(?:\d{1,3}\.){3}\d{1,3})$/.test(written))
    return undefined;
  return { start, end: start + written.length, bonus: labelled ? 2.5 : 2, reasons: ['label of a telephone number'] };
}

const GROUPED =
  /(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?! ?[-.\d])|\d{3}[ ]\d{3}[ ]\d{3}(?!\d)|\d{3}[ ]\d{2}[ ]\d{2}[ ]\d{2}(?!\d)|\d{2}[ ]\d{2}[ ]\d{2}[ ]\d{2}(?! ?\d)/y;
/** Countries without a leading 0, by the number of digits they write. */
const ZEROLESS: Readonly<Record<number, readonly CountryCode[]>> = {
  10: ['US'],
  9: ['ES', 'PL', 'PT', 'CZ'],
  8: ['DK', 'NO'],
};

function readGrouped(
  text: string,
  start: number,
): { start: number; end: number; bonus: number; reasons: string[] } | undefined {
  GROUPED.lastIndex = start;
  const written = GROUPED.exec(text)?.[0];
  if (written === undefined) return undefined;
  const end = start + written.length;
  if (isWordCode(text.charCodeAt(end)) && text[end] !== 'x') return undefined;
  const digits = written.replace(/\D/g, '');
  const country = ZEROLESS[digits.length]?.find(
    (candidate) => parsePhoneNumberFromString(digits, candidate)?.isValid() === true,
  );
  if (country !== undefined) {
    const shape = written.startsWith('(') ? 2 : digits.length === 10 && !written.includes(' ') ? 1.3 : -0.5;
    return { start, end, bonus: shape, reasons: [`valid ${country} number`] };
  }
  // The plan of North America leaves gaps that invented and new numbers fall in.
  if (digits.length === 10 && (written.startsWith('(') || !written.includes(' ')))
    return { start, end, bonus: -1, reasons: ['form of North America'] };
  return undefined;
}

/** The written form and its shorter readings that end at a separator, longest first; at most four. */
function* trims(written: string): Generator<string> {
  let candidate = written.slice(0, LONGEST_WRITTEN).replace(/\D+$/, '');
  for (let round = 0; round < 4 && candidate.length >= 9; round++) {
    yield candidate;
    const cut = /[ ().\-/\u00a0]+\d*$/.exec(candidate);
    if (!cut) return;
    candidate = candidate.slice(0, cut.index);
  }
}

/** Whether digits that belong to the same number follow: a group that does not itself start one. */
function isCutShort(written: string, candidate: string): boolean {
  return /^[ ./-][1-9]/.test(written.slice(candidate.length));
}

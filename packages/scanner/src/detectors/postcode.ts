import { PLACES } from '../data/places.ts';
import { isWordCode } from '../detection/character-class.ts';
import type { Candidate, Detector, Match } from '../detection/detector.ts';

const POSTCODE_LABEL =
  /(?:^| )(?:post ?codes?|post code|postal ?code|postal|zip ?code|zip|plz|postleitzahl|code postal|cp|pc|cap|código postal|codigo postal|pcode|postnummer)(?: |$)/;
const UNITS =
  /^(?:MB|GB|KB|TB|KM|CM|MM|KG|MG|HZ|EU|US|AD|BC|PM|AM|PX|MS|HP|KW|MW|GW|BV|NV|EN|OF|IN|OP|TE|DE|ER|IS|TO|ON|BY|VS|CE|DC|AC|UK|NL|CO|ML|CC|HD|VA|WH|EC|EG|NO|NR|OR|IF|AS|AT|BE|DO|GO|HE|IT|ME|MY|SO|UP|WE|BP|ID|IP|TV|PC|CD|PT)$/;
const CITY_NEXT =
  /^,?[ \t\u00a0]{1,3}(?:te |,)?((?:['’]s-|Den |De |Het |'t |St\. |Sint-|La |Le |Bad )?\p{Lu}[\p{L}'’-]+(?:[ -](?:aan|op|den|de|het|van|ter|en|am|an|der|in|sur|les|la|le|\p{Lu}[\p{L}'’-]+))*)/u;

/** Dutch postcode: 1000 to 9999 and two letters, not SA, SD or SS. */
export const dutchPostcode: Detector = {
  type: 'POSTCODE',
  tier: 'C',
  triggers: [
    { kind: 'token', token: 'digits', min: 4, next: [' a'] },
    { kind: 'token', token: 'mixed', min: 6 },
  ],
  prior: 0,
  verify(candidate) {
    const { text, start, document } = candidate;
    const found = dutchAt(text, start);
    if (!found) return undefined;
    const { end, letters, spaced } = found;
    const label = document.label(start);
    const labelled = label !== undefined && POSTCODE_LABEL.test(label);
    const city = CITY_NEXT.test(text.slice(end, end + 40));
    const afterStreet = /\p{Ll}\.? \d{1,5}(?:[ -]?[A-Za-z]{1,3}|-\d{1,3})?["']?[ ,;|\t\n\r-]{1,4}["']?$/u.test(
      text.slice(Math.max(0, start - 24), start),
    );
    const near = /(?:postcode|postal|adres|address|woon|huisnummer|zip)\p{L}*[^\n]{0,24}$/iu.test(
      text.slice(Math.max(0, start - 48), start),
    );
    if (letters !== letters.toUpperCase() && !labelled) return undefined;
    if (!labelled && !afterStreet && UNITS.test(letters) && !city) return undefined;
    if (label !== undefined && !labelled && !near && !city && !afterStreet) return undefined;
    const bonus =
      (labelled ? 4 : 0) +
      (city ? (spaced ? 2.5 : 1.5) : 0) +
      (afterStreet ? 2 : 0) +
      (near ? 1.5 : 0) +
      (spaced ? -0.8 : -2);
    return { start, end, bonus, reasons: [labelled ? 'label of a postcode' : 'Dutch postcode form'] };
  },
};

function dutchAt(text: string, start: number): { end: number; letters: string; spaced: boolean } | undefined {
  const match =
    /^([1-9]\d{3})([ \u00a0]?)([A-Za-z]{2})$/.exec(text.slice(start, start + 7)) ??
    /^([1-9]\d{3})()([A-Za-z]{2})/.exec(text.slice(start, start + 6));
  const letters = match?.[3] ?? '';
  if (!match || /^S[ADS]$/i.test(letters)) return undefined;
  const end = start + match[0].length;
  if (
    isWordCode(text.charCodeAt(end)) ||
    isWordCode(text.charCodeAt(start - 1)) ||
    /[-_./#+]/.test(text[start - 1] ?? '')
  )
    return undefined;
  if (/[-_/]/.test(text[end] ?? '') && isWordCode(text.charCodeAt(end + 1))) return undefined;
  return { end, letters, spaced: match[2] !== '' };
}

const BRITISH =
  /(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}/y;

/** British postcode, with its space. */
export const britishPostcode: Detector = {
  type: 'POSTCODE',
  tier: 'C',
  triggers: [{ kind: 'token', token: 'mixed', min: 2, max: 4, next: [' 0'] }],
  prior: 1.2,
  context: {
    positive: ['postcode*', 'post code*', 'address*', 'postal*', 'street', 'road', 'london', 'lane', 'avenue'],
  },
  heedsOtherLabels: false,
  verify({ text, start }) {
    BRITISH.lastIndex = start;
    const found = BRITISH.exec(text)?.[0];
    if (
      found === undefined ||
      isWordCode(text.charCodeAt(start - 1)) ||
      isWordCode(text.charCodeAt(start + found.length))
    )
      return undefined;
    return { start, end: start + found.length, reasons: ['British postcode form'] };
  },
};

/** Postcodes of digits only: under a label, after a country letter, or between a street and a known town. */
export const numericPostcode: Detector = {
  type: 'POSTCODE',
  tier: 'C',
  triggers: [
    { kind: 'token', token: 'digits', min: 4, max: 5 },
    { kind: 'token', token: 'digits', min: 2, max: 4, next: ['-0', ' 0'] },
  ],
  prior: 0,
  verify(candidate: Candidate): Match | undefined {
    const { text, start, document } = candidate;
    const match = /^(?:\d{5}(?:-\d{4})?|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2}|\d{4})(?![\d\p{L}])/u.exec(
      text.slice(start, start + 11),
    );
    if (!match || isWordCode(text.charCodeAt(start - 1))) return undefined;
    const end = start + match[0].length;
    if (/[.,/]\d|^[-:]\d/.test(text.slice(end, end + 2)) || /[./,:#$€£+_]/.test(text[start - 1] ?? ''))
      return undefined;
    const label = document.label(start);
    if (label !== undefined && POSTCODE_LABEL.test(label))
      return { start, end, bonus: 4, reasons: ['label of a postcode'] };
    const head = text.slice(Math.max(0, start - 30), start);
    const city = CITY_NEXT.exec(text.slice(end, end + 40))?.[1];
    const known = city !== undefined && (PLACES.has(city) || PLACES.has(city.split(' ')[0] ?? ''));
    const countryLetter = /(?:^|[\s,])(?:D|B|F|CH|A|L|DE|BE|FR|AT)-$/.test(head);
    if (countryLetter && city !== undefined)
      return { start, end, bonus: 2.5, reasons: ['country letter before, town after'] };
    if (text[start - 1] === '-') return undefined;
    const afterStreet = /\p{L}\.? \d{1,4} ?[A-Za-z]?(?:[,;|] ?|\s*\n\s*|, )$|\p{L}{3,}(?:, |,|\n)$/u.test(head);
    if (city !== undefined && afterStreet)
      return { start, end, bonus: known ? 2.5 : 1, reasons: ['between street and town'] };
    if (known && match[0].length === 5 && !/\d/.test(head.slice(-3)))
      return { start, end, bonus: 0.8, reasons: ['before a known town'] };
    const state = /(?:^|[ ,])[A-Z]{2} $/.test(head) && match[0].length >= 5 && /\p{L},? [A-Z]{2} $/u.test(head);
    if (state) return { start, end, bonus: 1.2, reasons: ['after a state'] };
    return undefined;
  },
};

/** The town after a postcode, known to us or not. */
export const townAfterPostcode: Detector = {
  type: 'LOCATION',
  tier: 'C',
  triggers: [
    { kind: 'token', token: 'digits', min: 4, next: [' a'] },
    { kind: 'token', token: 'mixed', min: 6 },
    { kind: 'token', token: 'digits', min: 5, next: [' a'] },
  ],
  prior: 2,
  verify({ text, start }) {
    let end: number;
    const dutch = dutchAt(text, start);
    if (dutch) {
      if (dutch.letters !== dutch.letters.toUpperCase()) return undefined;
      end = dutch.end;
    } else {
      if (!/^\d{4,5} /.test(text.slice(start, start + 6)) || isWordCode(text.charCodeAt(start - 1))) return undefined;
      end = text.indexOf(' ', start);
    }
    const match = CITY_NEXT.exec(text.slice(end, end + 44));
    const city = match?.[1];
    if (match === null || city === undefined) return undefined;
    const from = end + match[0].length - city.length;
    const known = longestPlace(city);
    if (known !== undefined)
      return { start: from, end: from + known.length, bonus: dutch ? 1 : 0, reasons: ['town after a postcode'] };
    return dutch && !UNITS.test(dutch.letters) && !/\s/.test(city)
      ? { start: from, end: from + city.length, bonus: -1, reasons: ['word after a Dutch postcode'] }
      : undefined;
  },
};

function longestPlace(words: string): string | undefined {
  const parts = words.split(' ');
  for (let count = parts.length; count > 0; count--) {
    const name = parts.slice(0, count).join(' ');
    if (PLACES.has(name)) return name;
  }
  return undefined;
}

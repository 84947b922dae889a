import { AMBIGUOUS_PLACES, PLACES } from '../data/places.ts';
import { columnLabel } from '../detection/column-label.ts';
import { toWords } from '../detection/document-view.ts';
import { isWordCode } from '../detection/character-class.ts';
import type { Detector } from '../detection/detector.ts';

const FIRST_WORDS = new Set(
  [...PLACES].map((place) => place.split(/[ \-'.]/).find((part) => part.length > 1) ?? place),
);
const PREPOSITION =
  /(?:^|\s)(?:in|te|uit|naar|from|to|near|at|of|aus|nach|à|au|en|de|van|bei|for|around|visit|visiting|live|lives|woont|wonende)\s+$/i;
const PLACE_LABEL =
  /(?:^| )(?:woon ?plaats|plaats|stad|city|town|ort|wohnort|stadt|ville|gemeente|geboorteplaats|place of birth|birthplace|geburtsort|lieu de naissance|vestigingsplaats|locatie|location|land|country|pays|geboorteland|staat|residence|plaatsnaam|localité|commune|domicilie)(?: |$)/;
const LABELLED_VALUE = /^\p{Lu}[\p{L}'’.-]+(?:[ -][\p{L}'’.-]+){0,3}/u;

/** Town or country of a gazetteer, near a person or under a label. */
export const location: Detector = {
  type: 'LOCATION',
  tier: 'C',
  triggers: [{ kind: 'keyword', words: FIRST_WORDS, capitalised: true }],
  prior: -0.2,
  needsPerson: 'unless-short',
  verify({ text, start: word, document }) {
    const lead =
      /(?:['’]s-|Den |Le |La |New |San |Los |Hong |Tel |Cape |Saint-|Sint-|St\. |Alphen aan den |Bergen op |Capelle aan den )$/.exec(
        text.slice(Math.max(0, word - 18), word),
      )?.[0] ?? '';
    const start = [word - lead.length, word].find((from) => placeAt(text, from) !== undefined);
    if (start === undefined) return undefined;
    const place = placeAt(text, start) ?? '';
    const end = start + place.length;
    if (
      isWordCode(text.charCodeAt(start - 1)) ||
      isWordCode(text.charCodeAt(end)) ||
      /[-_/@.#\\]/.test(text[start - 1] ?? '')
    )
      return undefined;
    if (/^(?:-\p{L}|_|@|\.\p{L}|\/|\()/u.test(text.slice(end, end + 2))) return undefined;
    const label = document.label(start);
    if (label !== undefined && PLACE_LABEL.test(label))
      return { start, end, bonus: 3.5, reasons: ['label of a place'] };
    const before = text.slice(Math.max(0, start - 16), start);
    if (PREPOSITION.test(before))
      return { start, end, bonus: AMBIGUOUS_PLACES.has(place) ? 0 : 1.2, reasons: ['known place after a preposition'] };
    if (AMBIGUOUS_PLACES.has(place) || /\p{Lu}\p{Ll}+ $/u.test(before)) return undefined;
    return { start, end, bonus: 0.5, reasons: ['known place'] };
  },
};

function placeAt(text: string, start: number): string | undefined {
  if (start < 0) return undefined;
  const words = /^[\p{L}'’.-]+(?: [\p{L}'’.-]+){0,4}/u.exec(text.slice(start, start + 40))?.[0].split(' ') ?? [];
  for (let count = Math.min(words.length, 5); count > 0; count--) {
    const name = words
      .slice(0, count)
      .join(' ')
      .replace(/[.'’]+$/, '');
    if (PLACES.has(name)) return name;
  }
  return undefined;
}

/** A town under a label, known or not. */
export const labelledPlace: Detector = {
  type: 'LOCATION',
  tier: 'C',
  triggers: [
    {
      kind: 'keyword',
      words: [
        'woonplaats',
        'plaats',
        'city',
        'ort',
        'wohnort',
        'ville',
        'geboorteplaats',
        'birthplace',
        'geburtsort',
        'plaatsnaam',
        'town',
        'stad',
      ],
    },
  ],
  prior: 2,
  verify({ text, end }) {
    const gap = /^["'*]{0,3}\s?[:=]\s?["'*]{0,3}\s?/.exec(text.slice(end, end + 10))?.[0];
    if (gap === undefined) return undefined;
    const start = end + gap.length;
    const value = LABELLED_VALUE.exec(text.slice(start, start + 40))?.[0];
    if (
      value === undefined ||
      value.length < 3 ||
      (/[A-Z]{2}|[a-z][A-Z]|string|null/i.test(value.slice(0, 6)) && /[A-Z]{2}|[a-z][A-Z]/.test(value))
    )
      return undefined;
    if (!/^["'\n\r,;.<|)*]|^$/.test(text.slice(start + value.length, start + value.length + 1))) return undefined;
    return { start, end: start + value.length, reasons: ['label of a place'] };
  },
};

/** A town in a column whose head asks for one, known or not. */
export const placeByColumn: Detector = {
  type: 'LOCATION',
  tier: 'C',
  triggers: [{ kind: 'token', token: 'letters', min: 2, max: 24 }],
  prior: 2,
  verify({ text, start, document }) {
    const code = text.charCodeAt(start);
    const field = /['’]s-$/.test(text.slice(Math.max(0, start - 3), start)) ? start - 3 : start;
    const previous = text[field - 1];
    if ((code >= 97 && code <= 122) || (previous !== undefined && !/[,;|\t\n"]/.test(previous))) return undefined;
    const column = columnLabel(document, field);
    if (column === undefined || !PLACE_LABEL.test(toWords(column))) return undefined;
    const value = LABELLED_VALUE.exec(text.slice(start, start + 40))?.[0];
    if (value === undefined || !/^["\r\n,;|\t]|^$/.test(text.slice(start + value.length, start + value.length + 1)))
      return undefined;
    return { start: field, end: start + value.length, reasons: ['label of a place'] };
  },
};

import { FIRST_NAMES } from '../data/names.ts';
import { NAME_LABELS } from '../data/name-lists.ts';
import { NOT_NAMES } from '../data/not-names.ts';
import { columnLabel } from '../detection/column-label.ts';
import { isWordCode } from '../detection/character-class.ts';
import type { Candidate, Detector, Match } from '../detection/detector.ts';
import { toWords } from '../detection/document-view.ts';
import { isNameLabel } from './name-label.ts';
import { readNameForward } from './name-parts.ts';

const LAST_WORDS = new Set(
  NAME_LABELS.map((label) => label.split(' ').at(-1) ?? label).filter((word) => word.length > 1),
);
const GAP =
  /^(?:["'\])*]{0,3}[ \t]{0,12}(?:[:=]|=>)[ \t]{0,8}["'*]{0,3}|>|<\/[a-z]{1,10}>\s{0,8}<[a-z]{1,10}[^<>]{0,40}>|[ \t*]{0,12}\|[ \t]{0,4}|[ ]{3,24})/;
/** Labels under which one word is a whole value. */
const PART_LABEL =
  /voornaam|achternaam|first ?name|last ?name|surname|given|family|vorname|nachname|familien|pr[ée]nom|nom de|roepnaam|geboortenaam|apellido|cognome|nombre/;
const VALUE_END = /^(?:["'`\r\n,;|<)*]| {2}|\(|\. |\.$|$| [(<|–-])/;

/** Name under a label that asks for one, whether a gazetteer knows it or not. */
export const personByLabel: Detector = {
  type: 'PERSON',
  tier: 'C',
  triggers: [{ kind: 'keyword', words: LAST_WORDS }],
  prior: 2,
  verify({ text, start, end, document }) {
    // `Aan:` and `From:` head a letter; in the middle of a line they are words.
    if (
      end - start < 5 &&
      /^(?:aan|van|from|to|cc|tav|attn)$/i.test(text.slice(start, end)) &&
      start > 0 &&
      text[start - 1] !== '\n'
    )
      return undefined;
    const gap = GAP.exec(text.slice(end, end + 72))?.[0];
    if (gap === undefined) return undefined;
    const from = skipTitle(text, end + gap.length);
    const label = document.label(end + gap.length);
    if (!isNameLabel(label)) return undefined;
    return valueAt(text, from, PART_LABEL.test(label ?? ''));
  },
};

/** Name in a column whose head asks for one. */
export const personByColumn: Detector = {
  type: 'PERSON',
  tier: 'C',
  triggers: [{ kind: 'token', token: 'letters', min: 1, max: 24 }],
  prior: 2.2,
  verify({ text, start, document }: Candidate): Match | undefined {
    const code = text.charCodeAt(start);
    if (
      code >= 97 &&
      code <= 122 &&
      !/^(?:van|de|den|der|ter|ten|te|el|von|le|la|du|t)[ ]/.test(text.slice(start, start + 5))
    )
      return undefined;
    if (
      document.hasInserts &&
      /[(,]\s?'$/.test(text.slice(Math.max(0, start - 3), start)) &&
      isNameLabel(document.label(start))
    ) {
      return valueAt(text, skipTitle(text, start), true);
    }
    const field = text[start - 1] === "'" ? start - 1 : start;
    const previous = text[field - 1];
    if (
      previous === ' ' ? !/[,;|\t]/.test(text[field - 2] ?? '') : previous !== undefined && !/[,;|\t\n"]/.test(previous)
    )
      return undefined;
    const column = columnLabel(document, field);
    if (column === undefined || !isNameLabel(toWords(column))) return undefined;
    return valueAt(text, skipTitle(text, field), true);
  },
};

const SIGN_OFF = [
  'groet',
  'groeten',
  'groetjes',
  'regards',
  'sincerely',
  'faithfully',
  'cordialement',
  'grüßen',
  'grüssen',
  'gruß',
  'hoogachtend',
  'mvg',
  'wishes',
  'salutations',
  'distinguées',
  'ondertekend',
  'saludos',
  'saluti',
];
const SIGN_OFF_GAP = /^(?:[,.!]?[ \t]*(?:\r?\n[ \t>]*){1,3}|, |,? van )/;

/** Name on the line after the closing words of a letter. */
export const personBySignature: Detector = {
  type: 'PERSON',
  tier: 'C',
  triggers: [{ kind: 'keyword', words: SIGN_OFF }],
  prior: 1.6,
  verify({ text, end }) {
    const gap = SIGN_OFF_GAP.exec(text.slice(end, end + 24))?.[0];
    return gap === undefined ? undefined : valueAt(text, skipTitle(text, end + gap.length), true);
  },
};

const SALUTATION = [
  'beste',
  'dear',
  'hoi',
  'hallo',
  'lieve',
  'liebe',
  'lieber',
  'cher',
  'chère',
  'geachte',
  'hi',
  'hello',
  'bonjour',
];

/** First name after the opening word of a letter. */
export const personBySalutation: Detector = {
  type: 'PERSON',
  tier: 'C',
  triggers: [{ kind: 'keyword', words: SALUTATION, capitalised: true }],
  prior: 1,
  verify({ text, start, end }) {
    if (text[end] !== ' ' || !/(?:^|[\n>"'])[ \t]*$/.test(text.slice(Math.max(0, start - 3), start))) return undefined;
    const parts = readNameForward(text, skipTitle(text, end + 1));
    if (parts === undefined || !/^[,!]/.test(text.slice(parts.end, parts.end + 1))) return undefined;
    const [first = ''] = text.slice(parts.start, parts.end).split(' ');
    if (NOT_NAMES.has(first.toLowerCase()) || IMPERSONAL.test(first)) return undefined;
    const plain = parts.words > 1 && parts.particles === 0 && parts.initials === 0;
    if (plain && !FIRST_NAMES.has(first.toLowerCase())) return undefined;
    return { start: parts.start, end: parts.end, reasons: ['name after a salutation'] };
  },
};

const IMPERSONAL =
  /^(?:Sir|Madam|Team|All|Allen|Allemaal|Collega|Collegas|Lezer|Relatie|Klant|Customer|Colleague|Friend|Reader|World|Wereld|There|Everyone|Iedereen|Ouders|Bewoner|Kollegen|Kunde|Kunden|Client|Members|Hiring|Support|Sollicitant|Cliënt|Patiënt|Student|Deelnemer|Dames|Heren|Developer|Developers|Community|Users?)$/i;

const TITLE =
  /^(?:(?:[Dd]hr|[Mm]evr|[Mm]w|[Mm]r|[Mm]rs|[Mm]s|[Dd]r|[Dd]rs|[Ii]r|[Ii]ng|[Pp]rof|[Mm]me|[Mm]|Herr|Frau|[Dd]e heer|[Mm]evrouw|[Mm]eneer|Monsieur|Madame)\.? ){1,3}/;

function skipTitle(text: string, from: number): number {
  return from + (TITLE.exec(text.slice(from, from + 30))?.[0].length ?? 0);
}

function valueAt(text: string, from: number, single: boolean): Match | undefined {
  const parts = readNameForward(text, from);
  if (parts === undefined || !VALUE_END.test(text.slice(parts.end, parts.end + 2))) return undefined;
  const [first = ''] = text.slice(parts.start, parts.end).split(' ');
  if (NOT_NAMES.has(first.toLowerCase().replace(/\.$/, '')) && parts.particles === 0 && parts.initials === 0)
    return undefined;
  if (parts.words < 2 && !single) return undefined;
  const reversed = /^, ?((?:\p{Lu}[\p{L}'’-]+|(?:\p{Lu}\.){1,4})(?: \p{Lu}[\p{L}'’-]+)?)(?=["'\r\n;|<]|$)/u.exec(
    text.slice(parts.end, parts.end + 32),
  );
  const end = parts.end + (reversed && !single ? reversed[0].length : 0);
  if (isWordCode(text.charCodeAt(end))) return undefined;
  return { start: parts.start, end, reasons: ['label of a name'] };
}

import { MONTHS } from '../data/months.ts';
import { isWordCode } from '../detection/character-class.ts';
import { isCalendarDay } from '../detection/checksum.ts';
import { toWindow, WordMatcher } from '../detection/word-matcher.ts';
import type { Candidate, Detector, Match } from '../detection/detector.ts';

const NUMERIC =
  /(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\6('?\d{2}(?:\d{2})?)|(\d{1,2}) - (\d{1,2}) - (\d{4})|(\d{2}) (\d{2}) (\d{4})/y;
const DAY_FIRST = /(\d{1,2})(?:st|nd|rd|th|er|e|\.)?(?:[ -]| de )(\p{L}{3,10})\.?(?:[ -]| de |, )'?(\d{4}|\d{2})/uy;
const MONTH_FIRST = /(\p{L}{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})/uy;

const BIRTH_WORDS = new WordMatcher([
  'geboren',
  'geb',
  'geboorte*',
  'geboortedat*',
  'geboren op',
  'born',
  'birth*',
  'dob',
  'd o b',
  'date of birth',
  'geburt*',
  'geboren am',
  'naissance',
  'né le',
  'née le',
  'né',
  'née',
  'nacimiento',
  'nacido',
  'nacida',
  'nascita',
  'nato',
  'nata',
  'urodzen*',
  'födelse*',
  'fødsels*',
  'birthday',
  'verjaardag',
  'jarig',
  'geb dat',
  'gebdat*',
  'gbdat*',
  'geb datum',
  'geboren te',
]);
const NOT_BIRTH = new WordMatcher([
  'factuur*',
  'invoice*',
  'order*',
  'betaal*',
  'verval*',
  'expir*',
  'geldig*',
  'valid*',
  'afgifte*',
  'issue*',
  'created*',
  'updated*',
  'modified*',
  'aangemaakt*',
  'gewijzigd*',
  'release*',
  'versie*',
  'version*',
  'in dienst*',
  'start*',
  'hire*',
  'eind*',
  'end',
  'ingang*',
  'opname*',
  'ontslag*',
  'admission*',
  'consult*',
  'afspraak*',
  'appointment*',
  'datum',
  'date',
  'timestamp',
  'lever*',
  'bezoek*',
  'sinds',
  'since',
  'besteld*',
  'eintritt*',
  'rechnung*',
  'embauche*',
  'overleden',
  'died',
  'ondertekend',
  'signed',
  'contract*',
  'due',
]);
const DISTANCE = 60;

/**
 * A date; of birth when the label or the words right before say so. Dates that belong to a moment of the day are
 * timestamps and left alone.
 */
export const date: Detector = {
  type: 'DATE',
  alsoTypes: ['DOB'],
  tier: 'C',
  triggers: [
    { kind: 'token', token: 'digits', min: 4, max: 4, next: ['-0', '/0', '.0'] },
    { kind: 'token', token: 'digits', min: 1, max: 2, next: ['-0', '/0', '.0', ' 0', ' a', '-a'] },
    { kind: 'token', token: 'digits', min: 1, max: 2, next: ['end'] },
    { kind: 'token', token: 'mixed', min: 3, max: 4, next: [' a'] },
    { kind: 'keyword', words: MONTHS.keys(), capitalised: true },
  ],
  prior: 0.6,
  needsPerson: 'unless-short',
  verify(candidate) {
    const found = readNumeric(candidate) ?? readNamed(candidate);
    return found && classify(candidate, found);
  },
};

interface Found {
  readonly end: number;
  readonly year: number;
  /** Written with a space between the numbers, or with a two-digit year. */
  readonly vague: boolean;
}

function readNumeric({ text, start }: Candidate): Found | undefined {
  const first = text.charCodeAt(start);
  if (first < 48 || first > 57) return undefined;
  NUMERIC.lastIndex = start;
  const match = NUMERIC.exec(text);
  if (!match) return undefined;
  const [written, yearFirst, , month, day, one, , two, lastYear, a, b, c, x, y, z] = match;
  const year = Number((yearFirst ?? lastYear ?? c ?? z)?.replace("'", ''));
  const [left, right] = [Number(day ?? one ?? a ?? x), Number(month ?? two ?? b ?? y)];
  const full = year < 100 ? (year > 30 ? 1900 + year : 2000 + year) : year;
  if (full < 1880 || full > 2100) return undefined;
  if (!isCalendarDay(full, right, left) && !isCalendarDay(full, left, right)) return undefined;
  return { end: start + written.length, year: full, vague: year < 100 || x !== undefined };
}

function readNamed({ text, start }: Candidate): Found | undefined {
  for (const [pattern, dayAt, monthAt] of [
    [DAY_FIRST, 1, 2],
    [MONTH_FIRST, 2, 1],
  ] as const) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    const month = MONTHS.get((match?.[monthAt] ?? '').toLowerCase());
    if (!match || month === undefined) continue;
    const written = Number(match[3]);
    const year = written < 100 ? (written > 30 ? 1900 + written : 2000 + written) : written;
    if (year < 1880 || year > 2100 || !isCalendarDay(year, month, Number(match[dayAt]))) continue;
    return { end: start + match[0].length, year, vague: written < 100 };
  }
  return undefined;
}

function classify({ text, start, document }: Candidate, found: Found): Match | undefined {
  const { end } = found;
  const previous = text[start - 1] ?? ' ';
  if (isWordCode(text.charCodeAt(start - 1)) || /[-/._\\+:]/.test(previous)) return undefined;
  if (isWordCode(text.charCodeAt(end)) && !(text[end] === 'T')) return undefined;
  if (/[-/._\\]/.test(text[end] ?? '') && isWordCode(text.charCodeAt(end + 1))) return undefined;
  const label = document.label(start);
  const near = document.before(start, DISTANCE);
  const labelWords = label === undefined ? undefined : toWindow(label);
  const birth = labelWords !== undefined && BIRTH_WORDS.last(labelWords) !== undefined;
  const other = labelWords !== undefined && NOT_BIRTH.last(labelWords) !== undefined;
  const after = text.slice(end, end + 14).toLowerCase();
  const starMark = /\*\s?$/.test(near.text);
  const bornAt = BIRTH_WORDS.last(near)?.end ?? -1;
  const spoken =
    !other && (bornAt > (NOT_BIRTH.last(near)?.end ?? -1) || starMark || /^\)?,? geboren|^ \(dob\)/.test(after));
  if ((birth || spoken) && found.year <= 2026) {
    return {
      start,
      end,
      type: 'DOB',
      bonus: birth ? 3.5 : 2.5,
      tier: 'C',
      reasons: [birth ? 'label of birth' : 'word of birth before'],
    };
  }
  if (/^(?:T\d|[ ,]+\d{1,2}:\d{2}|[ ,]*(?:om|at|um|à) \d{1,2}[:.h]\d{2})/.test(text.slice(end, end + 12)))
    return undefined;
  if (found.vague || other || label !== undefined) return undefined;
  return { start, end, bonus: 0, reasons: ['calendar date'] };
}

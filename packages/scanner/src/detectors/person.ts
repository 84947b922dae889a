import { AMBIGUOUS, FIRST_NAMES, LAST_NAMES } from '../data/names.ts';
import { ROLES, TITLES } from '../data/name-lists.ts';
import { PLACES } from '../data/places.ts';
import { NOT_NAMES } from '../data/not-names.ts';
import { isWordCode } from '../detection/character-class.ts';
import type { Candidate, Detector, Match } from '../detection/detector.ts';
import { isNameLabel } from './name-label.ts';
import { readNameForward, type NameParts } from './name-parts.ts';

const GREETING =
  /(?:^|[\s>"'(])(?:beste|geachte|hoi|hallo|hi|hey|dear|lieve|hello|liebe|lieber|cher|chère|bonjour|groet|groeten|groetjes|regards|mvg|namens|met vriendelijke groet|i am|my name is|mijn naam is|ik ben|ik heet|ich bin|mein name ist|je m appelle|je suis|name is|called|genaamd|named|heet|door|by)[,:]?\s*$/i;

/**
 * Name of a natural person. Triggers are first and last names of a gazetteer, titles and single initials; what counts
 * is how they combine: first with last name, initials or particle with last name, title with any capitalised word, a
 * label that asks for a name.
 */
export const person: Detector = {
  type: 'PERSON',
  tier: 'C',
  triggers: [
    { kind: 'keyword', words: FIRST_NAMES, capitalised: true },
    { kind: 'keyword', words: LAST_NAMES, capitalised: true },
    { kind: 'keyword', words: [...TITLES, ...ROLES] },
    { kind: 'token', token: 'letters', min: 1, next: ['end', '.a'] },
  ],
  prior: 0,
  verify(candidate) {
    const { text, start, end } = candidate;
    const word = text.slice(start, end);
    if (end - start === 1) return fromInitials(candidate);
    if (TITLE_SET.has(word.toLowerCase())) {
      const titled = fromTitle(candidate);
      if (titled) return titled;
    }
    if (ROLE_SET.has(word) || OPENING_ROLES.test(word)) {
      const called = fromRole(candidate);
      if (called) return called;
    }
    return fromName(candidate);
  },
};

/** Initials of states, bodies and Latin phrases. */
const ABBREVIATIONS =
  /^(?:U\.S|U\.K|E\.U|D\.C|N\.V|B\.V|A\.M|P\.M|S\.A|L\.A|N\.Y|U\.N|I\.E|E\.G|A\.K|V\.S|N\.B|P\.S|A\.D|B\.C|T\.A|T\.N|I\.V)\b/;
const TITLE_SET = new Set(TITLES);
const ROLE_SET = new Set(ROLES);
/** Roles that stand before a name at the start of a sentence too. */
const OPENING_ROLES =
  /^(?:Medewerk(?:er|ster)|Werknemer|Patiënte?|Cliënte?|Klant|Collega|Huisarts|Sollicitant|Leerling|Mitarbeiter(?:in)?|Kunde|Salariée?|Directeur|Voorzitter|Burgemeester|Wethouder|Premier|Trainer)$/;

function fromInitials({ text, start, document }: Candidate): Match | undefined {
  const code = text.charCodeAt(start);
  if (code < 65 || code > 90 || text[start + 1] !== '.' || isGlued(text, start) || text[start - 1] === '.')
    return undefined;
  const parts = readNameForward(text, start);
  if (parts === undefined || parts.initials === 0 || parts.surname === undefined) return undefined;
  const known = LAST_NAMES.has(lastPart(parts.surname));
  const label = isNameLabel(document.label(start));
  const titled = endsWithTitle(text, start);
  if (!label && !titled && ABBREVIATIONS.test(text.slice(start, parts.end))) return undefined;
  const bonus =
    (known ? 2 : parts.particles > 0 ? 1.8 : parts.initials > 1 ? -0.1 : -0.6) +
    (label || titled ? 3 : 0) +
    (parts.initials > 1 ? 0.4 : 0);
  return {
    start: parts.start,
    end: parts.end,
    bonus,
    reasons: [known ? 'initials with a known last name' : 'initials with a last name'],
  };
}

function fromTitle({ text, start, end }: Candidate): Match | undefined {
  if (isGlued(text, start) || /\d $/.test(text.slice(Math.max(0, start - 2), start))) return undefined;
  let from = end;
  if (text[from] === '.') from++;
  if (text[from] !== ' ' && text[from] !== '\u00a0') return undefined;
  const parts = readNameForward(text, from + 1);
  if (parts === undefined || parts.words > 5) return undefined;
  const [first = ''] = text.slice(parts.start, parts.end).split(/[ -]/);
  if (
    TITLE_SET.has(first.toLowerCase().replace(/\.$/, '')) ||
    (NOT_NAMES.has(first.toLowerCase()) && parts.particles === 0)
  ) {
    return undefined;
  }
  const known = LAST_NAMES.has(lastPart(parts.surname ?? first)) || FIRST_NAMES.has(first.toLowerCase());
  const lower = text[start] === text[start]?.toLowerCase() && text[end] !== '.';
  const bonus = (known || parts.particles > 0 || parts.initials > 0 ? 3 : 1.2) - (lower && !known ? 0.8 : 0);
  return { start: parts.start, end: parts.end, bonus, reasons: ['title before'] };
}

function fromRole({ text, start, end }: Candidate): Match | undefined {
  if (isGlued(text, start) || text[end] !== ' ') return undefined;
  const parts = readNameForward(text, end + 1);
  if (parts === undefined || parts.surname === undefined || parts.words > 4 || parts.words < 2) return undefined;
  const [first = ''] = text.slice(parts.start, parts.end).split(/[ -]/);
  if (NOT_NAMES.has(first.toLowerCase()) || !/^\p{Lu}/u.test(first)) return undefined;
  const known = FIRST_NAMES.has(first.toLowerCase()) || LAST_NAMES.has(lastPart(parts.surname));
  return {
    start: parts.start,
    end: parts.end,
    bonus: known || parts.particles > 0 ? 2 : 0.7,
    reasons: ['role before'],
  };
}

function fromName({ text, start: word, end, document }: Candidate): Match | undefined {
  if (isGlued(text, word)) return undefined;
  // `van Jan Pietersen` is of Jan, `van der Meer` is his name.
  const given = FIRST_NAMES.has(text.slice(word, end).toLowerCase()) && /^ \p{L}/u.test(text.slice(end, end + 2));
  const particles = given ? '' : (PARTICLES_BEFORE.exec(text.slice(Math.max(0, word - 16), word))?.[0] ?? '');
  const start = word - particles.length;
  const parts = readNameForward(text, start);
  if (parts === undefined) return undefined;
  const led = withUnknownFirst(text, parts, particles !== '');
  if (led) return led;
  const written = text.slice(parts.start, parts.end);
  const [first = ''] = written.split(/[ \u00a0-]/);
  const lower = first.toLowerCase();
  const isFirst = FIRST_NAMES.has(lower) && !PARTICLE_WORD.test(lower);
  const ambiguous = AMBIGUOUS.has(lower) || NOT_NAMES.has(lower);
  const shouted = written === written.toUpperCase();
  const lastKnown = parts.surname !== undefined && LAST_NAMES.has(lastPart(parts.surname));
  const label = isNameLabel(document.label(parts.start));
  const reversed = readReversed(text, parts);
  if (reversed) return { ...reversed, bonus: label ? 4 : 2.2, reasons: ['last name, first name'] };
  if (label)
    return {
      start: parts.start,
      end: parts.end,
      bonus: isFirst || lastKnown || LAST_NAMES.has(lower) ? 4 : 2,
      reasons: ['label of a name'],
    };
  if (!isFirst) return undefined;
  if (parts.surname === undefined) return single(text, parts, ambiguous || shouted);
  if (lastKnown)
    return {
      start: parts.start,
      end: parts.end,
      bonus: ambiguous ? (shouted ? 0.3 : 1.6) : 3,
      reasons: ['first and last name known'],
    };
  if (parts.particles > 0)
    return {
      start: parts.start,
      end: parts.end,
      bonus: ambiguous ? 1 : 2.5,
      reasons: ['first name, particle, last name'],
    };
  if (ambiguous || shouted) return undefined;
  return { start: parts.start, end: parts.end, bonus: 1.2, reasons: ['first name known'] };
}

/** `Wietske van der Meer`, `met Tjalling Bakker`: an unknown word in capitals before a known last name. */
function withUnknownFirst(text: string, parts: NameParts, particle: boolean): Match | undefined {
  const before = /(?:^|([^\p{L}]))((?:\p{Lu}\p{Ll}{2,}(?:-\p{Lu}\p{Ll}+)?[ ]){1,2})$/u.exec(
    text.slice(Math.max(0, parts.start - 32), parts.start),
  )?.[2];
  if (before === undefined) return undefined;
  const [first = '', second] = before.trim().split(' ');
  const surname = text.slice(parts.start, parts.end);
  const last = lastPart(surname);
  if (!LAST_NAMES.has(last) || AMBIGUOUS.has(last) || NOT_NAMES.has(last) || last.length < 4) return undefined;
  if (
    [first, second].some(
      (name) =>
        name !== undefined &&
        (NOT_NAMES.has(name.toLowerCase()) || TITLE_SET.has(name.toLowerCase()) || FIRST_NAMES.has(name.toLowerCase())),
    )
  ) {
    return undefined;
  }
  const start = parts.start - before.length;
  const inSentence = /[\p{Ll},)] $/u.test(text.slice(Math.max(0, start - 2), start));
  if (!particle && (!inSentence || FIRST_NAMES.has(last))) return undefined;
  return { start, end: parts.end, bonus: particle ? 1.4 : 0.5, reasons: ['last name known'] };
}

function single(text: string, parts: NameParts, doubtful: boolean): Match | undefined {
  const before = text.slice(Math.max(0, parts.start - 40), parts.start);
  if (GREETING.test(before))
    return { start: parts.start, end: parts.end, bonus: doubtful ? 0.6 : 2, reasons: ['first name after a greeting'] };
  if (/^ ?\d/.test(text.slice(parts.end, parts.end + 2))) return undefined;
  if (doubtful || parts.end - parts.start < 3 || PLACES.has(text.slice(parts.start, parts.end))) return undefined;
  if (/(?:^|\s)(?:te|in|uit|naar|near|from|nach|aus|à) $/.test(before)) return undefined;
  const opensSentence = /(?:^|[.!?:]\s+|\n\s*)$/.test(before);
  const inProse = /(?:^|[\s("'])\p{Ll}[\p{L}'’]*[,;)]?\s$/u.test(before) || opensSentence;
  if (!inProse || !/^(?:[\s,.;:!?)'’]|$)/.test(text.slice(parts.end, parts.end + 1))) return undefined;
  return { start: parts.start, end: parts.end, bonus: text.length <= 400 ? 0.5 : -1, reasons: ['first name alone'] };
}

/** `Jansen, Pieter`, `de Vries, J.` */
function readReversed(text: string, parts: NameParts): { start: number; end: number } | undefined {
  if (parts.words - parts.particles > 1 || parts.initials > 0 || !text.startsWith(', ', parts.end)) return undefined;
  const surname = text.slice(parts.start, parts.end);
  if (!LAST_NAMES.has(lastPart(surname))) return undefined;
  const following = readNameForward(text, parts.end + 2);
  if (following === undefined || following.words > 3) return undefined;
  if (following.initials > 0 && following.surname !== undefined) return undefined;
  const [first = ''] = text.slice(following.start, following.end).split(/[ -]/);
  const isFirst = FIRST_NAMES.has(first.toLowerCase()) && !NOT_NAMES.has(first.toLowerCase());
  if (following.initials === 0 && (!isFirst || AMBIGUOUS.has(surname.toLowerCase()) || following.words > 2))
    return undefined;
  return { start: parts.start, end: following.end };
}

const PARTICLE_WORD = /^(?:van|de|den|der|ter|ten|te|el|al|von|le|la|du|di|da)$/;
/** `van der `, `'t `, as they stand before a last name without a first. */
const PARTICLES_BEFORE =
  /(?<![\p{L}'’-])(?:(?:[Vv]an|[Dd]e|[Dd]er|[Dd]en|[Tt]e[rn]|[Hh]et|['’]t|[Ee]l|[Vv]on|[Ll]e|[Ll]a|[Dd]u)[ ]){1,3}$/u;

function lastPart(surname: string): string {
  return (surname.split(/[ '’-]/).at(-1) ?? '').toLowerCase();
}

function isGlued(text: string, start: number): boolean {
  if (start === 0) return false;
  return isWordCode(text.charCodeAt(start - 1)) || /[-_/@.#$\\]/.test(text[start - 1] ?? '');
}

function endsWithTitle(text: string, start: number): boolean {
  const word = /(\p{L}+)\.? $/u.exec(text.slice(Math.max(0, start - 14), start))?.[1];
  return word !== undefined && TITLE_SET.has(word.toLowerCase());
}

import { NOT_NAMES } from '../data/not-names.ts';
import type { Detector } from '../detection/detector.ts';
import { readNameForward } from './name-parts.ts';

const INTRODUCTION =
  /(?:my name is|mijn naam is|mein name ist|ik heet|ich heiße|ich heisse|je m.appelle|mon nom est|me llamo|mi chiamo) $/i;
const LONGEST_INTRODUCTION = 18;

/** The name after "my name is" and its like, known to the gazetteer or not. */
export const personByIntroduction: Detector = {
  type: 'PERSON',
  tier: 'C',
  triggers: [{ kind: 'keyword', words: ['is', 'ist', 'heet', 'heiße', 'heisse', 'appelle', 'est', 'llamo', 'chiamo'] }],
  prior: 2,
  verify({ text, end }) {
    const start = end + 1;
    if (!INTRODUCTION.test(text.slice(Math.max(0, start - LONGEST_INTRODUCTION), start))) return undefined;
    const parts = readNameForward(text, start);
    if (parts === undefined || parts.words > 4) return undefined;
    const [first = ''] = text.slice(parts.start, parts.end).split(/[ -]/);
    if (!/^\p{Lu}\p{Ll}/u.test(first) || NOT_NAMES.has(first.toLowerCase())) return undefined;
    return { start: parts.start, end: parts.end, reasons: ['introduces itself'] };
  },
};

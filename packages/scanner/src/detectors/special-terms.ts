import { isWordCode } from '../detection/character-class.ts';
import type { Detector } from '../detection/detector.ts';
import { SPECIAL_TERMS } from '../data/special-terms.ts';

/** A term of a special category (GDPR article 9) or of criminal records (article 10); reported beside a person only. */
function termDetector(type: string, terms: readonly string[], labels: RegExp): Detector {
  const byFirstWord = new Map<string, string[]>();
  for (const term of terms) {
    const first = /^[\p{L}]+/u.exec(term)?.[0] ?? term;
    byFirstWord.set(
      first,
      [...(byFirstWord.get(first) ?? []), term].toSorted((one, other) => other.length - one.length),
    );
  }
  return {
    type,
    tier: 'C',
    triggers: [{ kind: 'keyword', words: byFirstWord.keys() }],
    prior: 1.2,
    needsPerson: 'always',
    verify({ text, start, end, document }) {
      const candidates = byFirstWord.get(text.slice(start, end).toLowerCase());
      const following = text.slice(start, start + 48).toLowerCase();
      const term = candidates?.find(
        (candidate) => following.startsWith(candidate) && !isWordCode(text.charCodeAt(start + candidate.length)),
      );
      if (term === undefined || isWordCode(text.charCodeAt(start - 1)) || /[-_/.]/.test(text[start - 1] ?? ''))
        return undefined;
      const label = document.label(start);
      const labelled = label !== undefined && labels.test(label);
      return {
        start,
        end: start + term.length,
        bonus: labelled ? 2 : 0,
        reasons: [labelled ? 'label of the category' : 'term of the category'],
      };
    },
  };
}

/** One detector a category. */
export const specialTermDetectors: readonly Detector[] = Object.entries(SPECIAL_TERMS).map(
  ([type, { terms, labels }]) => termDetector(type, terms, labels),
);

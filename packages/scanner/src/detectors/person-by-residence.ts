import { NOT_NAMES } from '../data/not-names.ts';
import { PLACES } from '../data/places.ts';
import type { Detector } from '../detection/detector.ts';

const NAME =
  /(?:^|[.!?:;,"'(\n]\s*)(\p{Lu}[\p{Ll}'’-]+(?: (?:\p{Lu}\.?|van|von|de|der|den|ter|ten|di|da|del|la|le|el|al|bin|af|zu))* \p{Lu}[\p{Ll}'’-]+) $/u;
const LONGEST_NAME = 48;
const RESIDENCE =
  /^(?:lives (?:at|in|on)|woont (?:in|op|aan|te)|wohnt (?:in|an)|habite |works (?:at|for|as)|werkt (?:bij|als)|arbeitet (?:bei|als)|was born|is geboren|werd geboren)\b/;
const BODIES =
  /\b(?:Bank|Group|Company|Corp|Inc|Ltd|University|Universiteit|School|Council|Gemeente|Ministry|Ministerie|Stichting|Team)$/;

/** Two or more capitalised words that live, work or were born somewhere: a person, known to the gazetteer or not. */
export const personByResidence: Detector = {
  type: 'PERSON',
  tier: 'C',
  triggers: [
    {
      kind: 'keyword',
      words: ['lives', 'woont', 'wohnt', 'habite', 'works', 'werkt', 'arbeitet', 'was', 'is', 'werd'],
    },
  ],
  prior: 1.2,
  verify({ text, start }) {
    if (!RESIDENCE.test(text.slice(start, start + 16))) return undefined;
    const name = NAME.exec(text.slice(Math.max(0, start - LONGEST_NAME), start))?.[1];
    if (name === undefined || BODIES.test(name)) return undefined;
    const words = name.toLowerCase().split(' ');
    if (words.some((word) => NOT_NAMES.has(word)) || PLACES.has(name.toLowerCase())) return undefined;
    return { start: start - 1 - name.length, end: start - 1, reasons: ['lives or works somewhere'] };
  },
};

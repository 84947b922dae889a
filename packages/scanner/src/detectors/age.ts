import type { Detector } from '../detection/detector.ts';

const AGE =
  /^(\d{1,3})(?: ?-? ?(?:jarige?|jaar oud|jaar|years? old|year-old|-year-old|y\/o|yo|jährige?r?|jahre alt|jahre|ans))?/i;

/** Age of a person in years; the span is the number. */
export const age: Detector = {
  type: 'AGE',
  tier: 'C',
  triggers: [{ kind: 'token', token: 'digits', min: 1, max: 3, next: [' a', '-a', 'end'] }],
  prior: 0.5,
  needsPerson: 'unless-short',
  verify({ text, start, end, document }) {
    const years = Number(text.slice(start, end));
    if (years < 1 || years > 115 || /[\d.,\-/:€$£]/.test(text[start - 1] ?? '')) return undefined;
    const following = AGE.exec(text.slice(start, start + 24).toLowerCase())?.[0] ?? '';
    const label = document.label(start);
    if (label !== undefined) {
      if (!/(?:^| )(?:leeftijd|age|alter|âge|edad)(?: |$)/.test(label) || /[.,%]\d/.test(text.slice(end, end + 2)))
        return undefined;
      return { start, end, bonus: 2.5, reasons: ['label of age'] };
    }
    const before = document.before(start, 24).text;
    const stated = /jarig|jaar oud|old|y\/o|yo$|jährig|alt$/.test(following);
    const aged = /(?:aged|age|leeftijd|leeftijd van|age of|alter von|is|ben|bin|am|was) $/.test(before);
    if (
      stated ||
      (aged && /(?:jaar|jahre|ans|years)/.test(following)) ||
      /(?:aged|leeftijd van|age of|im alter von|just turned|(?:i'll|i will|i|just) turn(?:ed)?|when (?:he|she) was|werd vorig jaar) $/.test(
        before,
      )
    ) {
      return { start, end, bonus: 1.5, reasons: ['words of age'] };
    }
    return undefined;
  },
};

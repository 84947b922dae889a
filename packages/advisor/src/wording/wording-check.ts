/** What a model may repeat: every figure and every name that it was given. */
export interface WordingFacts {
  readonly numbers: readonly number[];
  /** The text it was given; names in code quotes must occur in it. */
  readonly text: string;
}

const LONGEST_TITLE = 140;
const LONGEST_EXPLANATION = 900;

/**
 * Why a text may not be shown; `undefined` when it may. A figure that is not in the evidence, rounded as it is shown,
 * is an invention, however plausible.
 */
export function objectionTo(text: string, facts: WordingFacts, kind: 'title' | 'explanation'): string | undefined {
  if (text.trim() === '') return 'it is empty';
  if (text.length > (kind === 'title' ? LONGEST_TITLE : LONGEST_EXPLANATION)) return 'it is too long';
  if (/https?:|<\w|\]\(/i.test(text)) return 'it holds a link or markup';
  const invented = inventedFigure(text, facts);
  if (invented !== undefined) return `the figure ${invented} is not in the evidence`;
  const unknown = [...text.matchAll(/`([^`]+)`/g)]
    .map(([, name]) => name ?? '')
    .find((name) => !facts.text.includes(name));
  return unknown === undefined ? undefined : `the name ${unknown} is not in the evidence`;
}

/** The first figure that is not in the evidence. */
export function inventedFigure(text: string, facts: WordingFacts): string | undefined {
  return [...text.matchAll(/\d+(?:[.,]\d+)*/g)].map(([shown]) => shown).find((shown) => !isKnown(shown, facts));
}

/** Every reading of what was written, as English and Dutch group and divide: 1.234 may be a thousand or one and a bit. */
function readingsOf(shown: string): { readonly value: number; readonly decimals: number }[] {
  const last = Math.max(shown.lastIndexOf('.'), shown.lastIndexOf(','));
  const digits = (text: string): string => text.replaceAll(/[.,]/g, '');
  const whole = { value: Number(digits(shown)), decimals: 0 };
  if (last === -1) return [whole];
  const fraction = shown.slice(last + 1);
  const divided = { value: Number(`${digits(shown.slice(0, last))}.${fraction}`), decimals: fraction.length };
  return fraction.length === 3 ? [whole, divided] : [divided];
}

function isKnown(shown: string, { numbers, text }: WordingFacts): boolean {
  if (new RegExp(`(?<![\\w.,])${shown.replaceAll('.', String.raw`\.`)}(?!\\w|[.,]\\d)`).test(text)) return true;
  return readingsOf(shown).some(({ value, decimals }) =>
    numbers.some((number) => Math.abs(number - value) <= 0.5 * 10 ** -decimals + Number.EPSILON * Math.abs(number)),
  );
}

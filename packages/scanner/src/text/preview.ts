import { maskValue } from '../detection/mask-value.ts';
import type { Detected } from '../detection/detected.ts';

const PREVIEW_CHARS = 160;
/** What detection let pass but could still be a number of a person or a token: it is hidden all the same. */
const SUSPICIOUS = /\d(?:[ .\-/]?\d){3,}|[^\s@]{1,64}@[^\s@]{1,64}|(?=[^\s]*\d)[\w+/=-]{16,}/g;

/**
 * The neighbourhood of a value on at most 160 characters of one line, with every detected value masked, the one in
 * question included, and whatever looks like a number or token hidden.
 * @param all Every detection in `text`, by start.
 */
export function previewContext(text: string, found: Detected, all: readonly Detected[]): string {
  const own = maskValue(found.type, text.slice(found.start, found.end));
  const side = Math.max(0, Math.floor((PREVIEW_CHARS - own.length) / 2));
  const before = render(text, { from: Math.max(0, found.start - side), to: found.start }, all);
  const after = render(text, { from: found.end, to: Math.min(text.length, found.end + side) }, all);
  const line = `${before.slice(-side || before.length)}${own}${after.slice(0, side)}`;
  return line
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, PREVIEW_CHARS);
}

function render(text: string, range: { readonly from: number; readonly to: number }, all: readonly Detected[]): string {
  let rendered = '';
  let at = range.from;
  for (let index = firstEndingAfter(all, range.from); index < all.length; index++) {
    const detected = all[index];
    if (!detected || detected.start >= range.to) break;
    if (detected.start > at) rendered += hide(text.slice(at, detected.start));
    rendered += maskValue(detected.type, text.slice(detected.start, detected.end));
    at = Math.max(at, detected.end);
  }
  return at < range.to ? rendered + hide(text.slice(at, range.to)) : rendered;
}

function hide(text: string): string {
  return text.replaceAll(SUSPICIOUS, (match) => '•'.repeat(Math.min(match.length, 6)));
}

function firstEndingAfter(all: readonly Detected[], position: number): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const candidate = all[middle];
    if (candidate && candidate.end <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

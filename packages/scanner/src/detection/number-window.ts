import { isDigitCode, isWordCode } from './character-class.ts';
import type { Candidate } from './detector.ts';

/**
 * Whether a number in `[start, end)` stands by itself: not inside a word, a longer number, a decimal, a path,
 * a version or a hexadecimal string.
 */
export function standsAlone(text: string, start: number, end: number): boolean {
  const previous = start > 0 ? text.charCodeAt(start - 1) : 32;
  const next = end < text.length ? text.charCodeAt(end) : 32;
  if (isWordCode(previous) || isWordCode(next)) return false;
  // `_`, `#`, `%`, `&`, `\` and `+` glue; `.`, `-`, `/`, `,` and `:` glue when a digit or letter stands on their other side.
  if (previous === 0x5f || previous === 0x25 || previous === 0x5c || next === 0x5f || next === 0x25) return false;
  if (previous === 0x2e || previous === 0x2d || previous === 0x2f) {
    const before = start > 1 ? text.charCodeAt(start - 2) : 32;
    if (isWordCode(before)) return false;
  }
  if (next === 0x2e || next === 0x2d || next === 0x2f) {
    const after = end + 1 < text.length ? text.charCodeAt(end + 1) : 32;
    if (next === 0x2d || next === 0x2f ? isWordCode(after) : isDigitCode(after)) return false;
  }
  return true;
}

/** Matches the sticky `pattern` at the candidate's start; the value must stand alone. */
export function matchAt(
  candidate: Candidate,
  pattern: RegExp,
): { start: number; end: number; value: string } | undefined {
  pattern.lastIndex = candidate.start;
  const found = pattern.exec(candidate.text);
  if (!found) return undefined;
  const end = candidate.start + found[0].length;
  if (!standsAlone(candidate.text, candidate.start, end)) return undefined;
  return { start: candidate.start, end, value: found[0] };
}

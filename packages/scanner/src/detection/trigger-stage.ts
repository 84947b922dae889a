import { DIGIT, LINE_FEED, LOWER, MARK, OTHER, UPPER, wideCharacterClass } from './character-class.ts';
import type { DocumentView } from './document-view.ts';
import { HASH_START, mixHash } from './keyword-table.ts';
import { packPrefix, tokenRow, TOKEN_KINDS, type TriggerTable } from './trigger-table.ts';

/** Hears of each place where a detector should look closer, in the order of their ends. */
export type CandidateListener = (detector: number, start: number, end: number) => void;

/**
 * One pass over the text: cuts it in tokens (runs of letters and digits), rolls a hash of each word and camelCase part,
 * and calls `onCandidate` for every trigger that fires. Cost is linear in the text, whatever it holds.
 */
export function findCandidates(table: TriggerTable, document: DocumentView, onCandidate: CandidateListener): void {
  const { text } = document;
  const { classes, keywords, prefixes, marks, tokens } = table;
  const length = text.length;
  let index = 0;
  while (index < length) {
    const code = text.charCodeAt(index);
    const kind = code < 128 ? (classes[code] ?? OTHER) : wideCharacterClass(code);
    if (kind === OTHER) {
      index++;
      continue;
    }
    if (kind >= MARK) {
      if (kind === LINE_FEED) document.enterLine(index + 1);
      else for (const detector of marks[code] ?? []) onCandidate(detector, index, index + 1);
      index++;
      continue;
    }

    const start = index;
    let hash = HASH_START;
    let partHash = HASH_START;
    let partStart = start;
    let digits = 0;
    let letters = 0;
    let previous = OTHER;
    for (; index < length; index++) {
      const unit = text.charCodeAt(index);
      const unitKind = unit < 128 ? (classes[unit] ?? OTHER) : wideCharacterClass(unit);
      if (unitKind === OTHER || unitKind >= MARK) break;
      if (unitKind === DIGIT) {
        digits++;
        if (previous === LOWER || previous === UPPER) lookUp(partHash, partStart, index);
        previous = DIGIT;
        continue;
      }
      letters++;
      if (unitKind === UPPER && previous === LOWER) {
        lookUp(partHash, partStart, index);
        partStart = index;
        partHash = HASH_START;
      } else if (previous === DIGIT) {
        partStart = index;
        partHash = HASH_START;
      }
      // Lower case of ASCII and Latin-1 letters is one bit away; other scripts stay as they are.
      const lower = unitKind === UPPER ? unit | 0x20 : unit;
      hash = mixHash(hash, lower);
      partHash = mixHash(partHash, lower);
      previous = unitKind;
    }

    const size = index - start;
    if (size > 200) continue;
    if (letters > 0) {
      if (digits === 0) lookUp(hash, start, index);
      if (partStart !== start && previous !== DIGIT) lookUp(partHash, partStart, index);
      if (size >= 3) {
        const entries = prefixes.get(packPrefix(text, start));
        if (entries) {
          for (const entry of entries) {
            if (text.startsWith(entry.prefix, start)) onCandidate(entry.detector, start, index);
          }
        }
      }
    }
    const tokenKind = letters === 0 ? TOKEN_KINDS.digits : digits === 0 ? TOKEN_KINDS.letters : TOKEN_KINDS.mixed;
    const row = tokens[tokenRow(tokenKind, size, nextShape(text, index))];
    if (row) for (const detector of row) onCandidate(detector, start, index);
  }

  function lookUp(hash: number, start: number, end: number): void {
    const entries = keywords.find(hash, text, start, end);
    if (!entries) return;
    for (const entry of entries) {
      if (entry.capitalised) {
        const first = text.charCodeAt(start);
        if (!(first >= 65 && first <= 90) && !(first >= 0xc0 && first <= 0xde)) continue;
      }
      onCandidate(entry.detector, start, end);
    }
  }
}

function nextShape(text: string, index: number): number {
  const separator = text.charCodeAt(index);
  let column: number;
  if (separator === 0x20 || separator === 0xa0) column = 1;
  else if (separator === 0x2e) column = 3;
  else if (separator === 0x2d) column = 5;
  else if (separator === 0x2f) column = 7;
  else if (separator === 0x3a) column = 9;
  else return 0;
  const following = text.charCodeAt(index + 1);
  if (following >= 48 && following <= 57) return column;
  if ((following >= 97 && following <= 122) || (following >= 65 && following <= 90) || following >= 0xc0) {
    return column + 1;
  }
  return 0;
}

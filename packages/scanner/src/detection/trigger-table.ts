import { characterClasses } from './character-class.ts';
import type { Detector, NextShape, TokenTrigger } from './detector.ts';
import { KeywordTable } from './keyword-table.ts';

/** Tokens longer than this share one row; the longest fixed-length identifier is far shorter. */
export const LONGEST_TOKEN = 71;

/** Token make-ups, as row numbers of the table. */
export const TOKEN_KINDS = { digits: 0, letters: 1, mixed: 2 } as const;

/** Next shapes, as column numbers of the table. */
export const NEXT_SHAPES: readonly NextShape[] = ['end', ' 0', ' a', '.0', '.a', '-0', '-a', '/0', '/a', ':0', ':a'];

/** A detector woken by a keyword, and the form the keyword must have. */
export interface KeywordEntry {
  readonly detector: number;
  readonly capitalised: boolean;
}

/** All triggers of a set of detectors, compiled for the single pass over the text. */
export interface TriggerTable {
  readonly detectors: readonly Detector[];
  readonly classes: Uint8Array;
  readonly keywords: KeywordTable<KeywordEntry>;
  /** Detector numbers by first three code units, packed; each re-checks its own full prefix. */
  readonly prefixes: ReadonlyMap<number, readonly { readonly prefix: string; readonly detector: number }[]>;
  readonly marks: readonly (readonly number[] | undefined)[];
  /** Row: `(kind * (LONGEST_TOKEN + 1) + length) * 11 + next`. */
  readonly tokens: readonly (readonly number[] | undefined)[];
}

/** Packs the three code units at `index`; NaN-free because callers check the length. */
export function packPrefix(text: string, index: number): number {
  return (text.charCodeAt(index) << 16) ^ (text.charCodeAt(index + 1) << 8) ^ text.charCodeAt(index + 2);
}

/** The row of the token table for a token of this kind and length, followed by this shape. */
export function tokenRow(kind: number, length: number, next: number): number {
  return (kind * (LONGEST_TOKEN + 1) + (length > LONGEST_TOKEN ? LONGEST_TOKEN : length)) * NEXT_SHAPES.length + next;
}

/** Compiles the triggers of `detectors`. Costs a few milliseconds; done once per detection. */
export function compileTriggers(detectors: readonly Detector[]): TriggerTable {
  const tokens: (number[] | undefined)[] = Array.from({
    length: 3 * (LONGEST_TOKEN + 1) * NEXT_SHAPES.length,
  });
  const words = new Map<string, KeywordEntry[]>();
  const prefixes = new Map<number, { prefix: string; detector: number }[]>();
  const marks: (number[] | undefined)[] = Array.from({ length: 128 });
  for (const [number, detector] of detectors.entries()) {
    for (const trigger of detector.triggers) {
      switch (trigger.kind) {
        case 'token':
          addTokenTrigger(tokens, trigger, number);
          break;
        case 'keyword':
          for (const word of trigger.words) {
            const entry = { detector: number, capitalised: trigger.capitalised ?? false };
            const key = word.toLowerCase();
            const entries = words.get(key);
            if (entries === undefined) words.set(key, [entry]);
            else if (!entries.some((other) => other.detector === number)) entries.push(entry);
          }
          break;
        case 'prefix':
          for (const prefix of trigger.prefixes) {
            const key = packPrefix(prefix, 0);
            prefixes.set(key, [...(prefixes.get(key) ?? []), { prefix, detector: number }]);
          }
          break;
        case 'mark':
          for (const mark of trigger.marks) (marks[mark.charCodeAt(0)] ??= []).push(number);
          break;
      }
    }
  }
  const markCharacters = [...marks.keys()].filter((code) => marks[code]).map((code) => String.fromCharCode(code));
  return {
    detectors,
    classes: characterClasses(markCharacters),
    keywords: new KeywordTable(words),
    prefixes,
    marks,
    tokens,
  };
}

function addTokenTrigger(tokens: (number[] | undefined)[], trigger: TokenTrigger, detector: number): void {
  for (let length = trigger.min; length <= Math.min(trigger.max ?? trigger.min, LONGEST_TOKEN); length++) {
    for (const [next, shape] of NEXT_SHAPES.entries()) {
      if (trigger.next && !trigger.next.includes(shape)) continue;
      const row = (tokens[tokenRow(TOKEN_KINDS[trigger.token], length, next)] ??= []);
      if (!row.includes(detector)) row.push(detector);
    }
  }
}

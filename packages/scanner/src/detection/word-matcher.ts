import { isDigitCode, isWordCode } from './character-class.ts';

/** A text cut in words: lower case, with what joins words already turned into spaces. */
export interface WordWindow {
  readonly text: string;
  readonly words: readonly string[];
  /** Where each word ends in `text`. */
  readonly ends: readonly number[];
}

/** Cuts a text of {@link toWords} in its words. */
export function toWindow(text: string): WordWindow {
  const words: string[] = [];
  const ends: number[] = [];
  let start = -1;
  for (let index = 0; index <= text.length; index++) {
    const inside = index < text.length && isWordCode(text.charCodeAt(index));
    if (inside && start === -1) start = index;
    else if (!inside && start !== -1) {
      words.push(text.slice(start, index));
      ends.push(index);
      start = -1;
    }
  }
  return { text, words, ends };
}

/** A phrase that was found, and where it ends in the window. */
export interface WordMatch {
  readonly word: string;
  readonly end: number;
}

interface Phrase {
  readonly words: readonly string[];
  /** Whether the last word may go on. */
  readonly open: boolean;
}

/**
 * Finds any of a list of phrases in windows, word by word, so that the cost hardly depends on the number of phrases.
 * `*` at the end of a phrase leaves its last word open, at the start of a one-word phrase its beginning.
 */
export class WordMatcher {
  readonly #exact = new Map<string, Phrase[]>();
  readonly #stems = new Map<number, Phrase[]>();
  readonly #suffixes: string[] = [];

  constructor(phrases: readonly string[]) {
    for (const phrase of phrases) this.#add(phrase);
  }

  #add(phrase: string): void {
    const open = phrase.endsWith('*');
    const bare = phrase.replace(/^\*|\*$/g, '').toLowerCase();
    if (phrase.startsWith('*')) {
      this.#suffixes.push(bare);
      return;
    }
    const { words } = toWindow(bare);
    const [first] = words;
    if (first === undefined) return;
    const phraseOf = { words, open };
    if (open && words.length === 1) {
      const key = stemKey(first);
      this.#stems.set(key, [...(this.#stems.get(key) ?? []), phraseOf]);
    } else this.#exact.set(first, [...(this.#exact.get(first) ?? []), phraseOf]);
  }

  /** The phrase that starts nearest to the end of the window. */
  last(window: WordWindow): WordMatch | undefined {
    for (let index = window.words.length - 1; index >= 0; index--) {
      const found = this.#at(window, index);
      if (found) return found;
    }
    return undefined;
  }

  /** The first phrase in the window. */
  first(window: WordWindow): WordMatch | undefined {
    for (let index = 0; index < window.words.length; index++) {
      const found = this.#at(window, index);
      if (found) return found;
    }
    return undefined;
  }

  #at(window: WordWindow, index: number): WordMatch | undefined {
    const word = window.words[index] ?? '';
    const exact =
      this.#exact.get(word) ??
      (isDigitCode(word.charCodeAt(word.length - 1)) ? this.#exact.get(word.replace(/\d+$/, '')) : undefined);
    if (exact) {
      for (const phrase of exact) {
        const last = index + phrase.words.length - 1;
        if (phrase.words.length === 1 || fits(phrase, window.words, index)) {
          return { word: phrase.words.join(' '), end: window.ends[last] ?? 0 };
        }
      }
    }
    const stems = this.#stems.get(stemKey(word));
    if (stems) {
      for (const phrase of stems) {
        if (word.startsWith(phrase.words[0] ?? '')) return { word, end: window.ends[index] ?? 0 };
      }
    }
    for (const suffix of this.#suffixes) if (word.endsWith(suffix)) return { word, end: window.ends[index] ?? 0 };
    return undefined;
  }
}

function stemKey(word: string): number {
  return (word.charCodeAt(0) << 16) | word.charCodeAt(1);
}

function fits(phrase: Phrase, words: readonly string[], from: number): boolean {
  const last = phrase.words.length - 1;
  for (let index = 1; index <= last; index++) {
    const expected = phrase.words[index] ?? '';
    const actual = words[from + index] ?? '';
    if (index === last && phrase.open ? !actual.startsWith(expected) : actual !== expected) return false;
  }
  return true;
}

const FNV_PRIME = 0x01000193;

/** The hash before any character was mixed in. */
export const HASH_START: number = 0x811c9dc5 | 0;

/** Mixes one lower-case code unit into `hash` (Fowler, Noll and Vo, FNV-1a, 1991, over code units). */
export function mixHash(hash: number, code: number): number {
  return Math.imul(hash ^ code, FNV_PRIME);
}

/**
 * Words to lists of entries, found by the hash the trigger stage rolls along anyway, so that a word which is no
 * keyword costs one array read and no string. Open addressing, a quarter full at most.
 */
export class KeywordTable<Entry> {
  readonly #mask: number;
  readonly #hashes: Int32Array;
  readonly #slots: Int32Array;
  readonly #words: string[] = [];
  readonly #entries: Entry[][] = [];

  constructor(words: ReadonlyMap<string, Entry[]>) {
    let size = 1024;
    while (size < words.size * 4) size *= 2;
    this.#mask = size - 1;
    this.#hashes = new Int32Array(size);
    this.#slots = new Int32Array(size).fill(-1);
    for (const [word, entries] of words) this.#insert(word, entries);
  }

  #insert(word: string, entries: Entry[]): void {
    let hash = HASH_START;
    for (let index = 0; index < word.length; index++) hash = mixHash(hash, word.charCodeAt(index));
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    while (this.#slots[slot] !== -1) slot = (slot + 1) & this.#mask;
    this.#hashes[slot] = hash;
    this.#slots[slot] = this.#words.length;
    this.#words.push(word);
    this.#entries.push(entries);
  }

  /** The entries of the keyword that `text` spells in `[start, end)` regardless of case; `hash` is that of its lower case. */
  find(hash: number, text: string, start: number, end: number): readonly Entry[] | undefined {
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    for (;;) {
      const index = this.#slots[slot] ?? -1;
      if (index === -1) return undefined;
      if (this.#hashes[slot] === hash && this.#words[index] === text.slice(start, end).toLowerCase()) {
        return this.#entries[index];
      }
      slot = (slot + 1) & this.#mask;
    }
  }
}

/** Shannon entropy of the characters of `value`, in bits per character. */
export function entropyBits(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/** Whether a string looks drawn at random rather than written: enough entropy and several classes of character. */
export function looksRandom(value: string): boolean {
  if (value.length < 16) return false;
  if (/^[0-9a-f]+$/i.test(value))
    return value.length >= 24 && entropyBits(value) >= 2.9 && /\d/.test(value) && /[a-f]/i.test(value);
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return entropyBits(value) >= 3.3 && !readsAsWords(value);
}

/** Whether most of it is words, as in a path, a sentence in camelCase or a list of names. */
export function readsAsWords(value: string): boolean {
  const words = value.match(/[A-Z]?[a-z]{4,}/g) ?? [];
  const inWords = words.filter((word) => /[aeiouy]/i.test(word)).reduce((sum, word) => sum + word.length, 0);
  return inWords / value.length > 0.7;
}

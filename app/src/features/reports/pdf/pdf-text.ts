/** Characters beyond Latin-1 that the built-in fonts of PDF have (Windows-1252). */
const EXTRA = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
const NEAR: Readonly<Record<string, string>> = {
  '→': '->',
  '←': '<-',
  '≥': '>=',
  '≤': '<=',
  '−': '-',
  '\u00A0': ' ',
  '\u202F': ' ',
};

function isDrawable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (code >= 0x20 && code < 0x7f) || (code >= 0xa1 && code <= 0xff) || EXTRA.includes(character);
}

/**
 * Text as the built-in fonts can draw it: near equivalents, letters without marks they lack, and "?" for the rest. The
 * HTML, CSV and JSON reports keep every character.
 */
export function toPdfText(text: string): string {
  return Array.from(text.normalize('NFC'), (character) => {
    if (isDrawable(character)) return character;
    const near = NEAR[character];
    if (near !== undefined) return near;
    if (/\s/.test(character)) return ' ';
    const [base = ''] = character.normalize('NFD');
    return isDrawable(base) ? base : '?';
  }).join('');
}

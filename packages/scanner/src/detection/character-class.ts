/** Neither letter nor digit. */
export const OTHER = 0;
/** `0` to `9`. */
export const DIGIT = 1;
/** `a` to `z`, and letters outside ASCII. */
export const LOWER = 2;
/** `A` to `Z`. */
export const UPPER = 3;
/** A punctuation mark some detector waits for; see {@link characterClasses}. */
export const MARK = 4;
/** Line feed. */
export const LINE_FEED = 5;

/** The class of each UTF-16 code unit below 128, with `marks` classed as {@link MARK}. */
export function characterClasses(marks: Iterable<string>): Uint8Array {
  const classes = new Uint8Array(128);
  for (let code = 48; code <= 57; code++) classes[code] = DIGIT;
  for (let code = 97; code <= 122; code++) classes[code] = LOWER;
  for (let code = 65; code <= 90; code++) classes[code] = UPPER;
  for (const mark of marks) classes[mark.charCodeAt(0)] = MARK;
  classes[10] = LINE_FEED;
  return classes;
}

/**
 * The class of a code unit from 128 on. Letters of any script count as lower case, so that `é` never ends a word;
 * spaces, dashes, quotes and bullets of the Latin-1 and General Punctuation blocks do end one.
 */
export function wideCharacterClass(code: number): number {
  if (code < 0xc0) return code === 0xaa || code === 0xb5 || code === 0xba ? LOWER : OTHER;
  if (code === 0xd7 || code === 0xf7) return OTHER;
  if (code >= 0xc0 && code <= 0xde) return UPPER;
  if (code >= 0x2000 && code <= 0x2bff) return OTHER;
  if (code >= 0x3000 && code <= 0x303f) return OTHER;
  return code === 0xfeff || code === 0xfffd ? OTHER : LOWER;
}

/** Whether the code unit is a letter or a digit, in the sense of the classes above. */
export function isWordCode(code: number): boolean {
  if (code >= 128) return wideCharacterClass(code) !== OTHER;
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Whether the code unit is an ASCII digit. */
export function isDigitCode(code: number): boolean {
  return code >= 48 && code <= 57;
}

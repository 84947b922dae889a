/** What says nothing about where a function ends: escapes, texts, comments. */
const ASIDE = /\\.|'[^']*'|"[^"]*"|`[^`]*`|\/\*.*?\*\/|\/\/.*$/g;
/** After the brace of a type or a pattern a function goes on; after that of its body it does not. */
const GOES_ON = /^\s*[{[|&=>]/;

/**
 * Whether `line` belongs to the function that begins at `fromLine` and `fromColumn`, as its brackets tell. In optimised
 * code V8 charges samples of inlined functions to the one around them, with lines of the inlined function's own file.
 *
 * @param lines Of the file that the function is in.
 * @param fromLine Counted from 1, as `line` is.
 * @param fromColumn Counted from 0.
 */
export function isInFunction(lines: readonly string[], fromLine: number, fromColumn: number, line: number): boolean {
  if (line < fromLine || line > lines.length) return false;
  // What begins with the file is the module itself.
  if (fromLine === 1 && fromColumn === 0) return true;
  let depth = 0;
  let isArrow = false;
  for (let current = fromLine; current < line; current++) {
    const whole = lines[current - 1] ?? '';
    const text = (current === fromLine ? whole.slice(fromColumn) : whole).replace(ASIDE, '');
    for (const { 0: mark, index } of text.matchAll(/[()[\]{};,]|=>/g)) {
      if ('([{'.includes(mark)) depth += 1;
      else if (')]}'.includes(mark)) depth -= 1;
      if (depth < 0) return false;
      if (depth > 0) continue;
      if (mark === '=>') isArrow = true;
      else if (mark === '}' ? !GOES_ON.test(text.slice(index + 1)) : isArrow && ';,'.includes(mark)) return false;
    }
  }
  return true;
}

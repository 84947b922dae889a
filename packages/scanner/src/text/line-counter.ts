/** Counts lines in a text that is seen piece by piece, front to back. */
export interface LineCounter {
  /** 1-based line and column of `offset`; `text` starts at `base` and reaches at least to `offset`. */
  locate(offset: number, text: string, base: number): { readonly line: number; readonly column: number };
}

/** Makes a counter that stands at the first line. Each character is looked at once. */
export function createLineCounter(): LineCounter {
  let line = 1;
  let lineStart = 0;
  let counted = 0;
  return {
    locate(offset, text, base) {
      let at = text.indexOf('\n', counted - base);
      while (at !== -1 && at + base < offset) {
        line++;
        lineStart = at + base + 1;
        at = text.indexOf('\n', at + 1);
      }
      counted = Math.max(counted, offset);
      return { line, column: offset - lineStart + 1 };
    },
  };
}

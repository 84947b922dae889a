const LONGEST_LABEL = 48;
const LAYOUT_TAGS = new Set([
  'td',
  'th',
  'span',
  'p',
  'div',
  'b',
  'strong',
  'li',
  'dd',
  'dt',
  'em',
  'i',
  'code',
  'br',
  'a',
]);

/**
 * The key that directly precedes the value at `start` on its line: `key: value`, `"key": "value"`, `key=value`,
 * `<key>value`. Undefined when nothing of the kind stands there.
 */
export function fieldLabel(text: string, start: number, lineStart: number): string | undefined {
  const { key } = headOf(text, start, lineStart);
  const last = key.at(-1);
  if (last === ':' || last === '=') return assignedKey(key.slice(0, -1));
  if (last === '>') return key.at(-2) === '=' ? assignedKey(key.slice(0, -2)) : tagLabel(key);
  return undefined;
}

/** The cell before the value at `start`, in `| key | value |` and `key   value`; only where there is no table head. */
export function previousCell(text: string, start: number, lineStart: number): string | undefined {
  const { key, gap } = headOf(text, start, lineStart);
  const last = key.at(-1);
  if (last === '|') return cellLabel(key.slice(0, -1));
  if (last !== undefined && (gap.includes('\t') || gap.startsWith('   ')) && /[\p{L})]/u.test(last)) {
    return cellLabel(key);
  }
  return undefined;
}

/** The line up to the value, cut in what may be a key and the quotes and spaces after it. */
function headOf(text: string, start: number, lineStart: number): { readonly key: string; readonly gap: string } {
  const from = Math.max(lineStart <= start ? lineStart : 0, start - LONGEST_LABEL - 16);
  let head = text.slice(from, start);
  const lineBreak = head.lastIndexOf('\n');
  if (lineBreak !== -1) head = head.slice(lineBreak + 1);
  const key = head.replace(/["'`*([{\s\u00a0]{1,12}$/, '');
  const gap = head.slice(key.length);
  return { key, gap };
}

function assignedKey(head: string): string | undefined {
  const bare = head.replace(/[\s:]{1,8}$/, '');
  const quoted = /(["'`*\]])$/.exec(bare)?.[1];
  if (quoted !== undefined) {
    const inner = bare.replace(/["'`*\]]{1,3}$/, '');
    return cleanLabel(/[^"'`*[{,;]*$/.exec(inner)?.[0]);
  }
  return cleanLabel(/[^"'`{}[\],;|<>=:?&\t]*$/.exec(bare)?.[0]);
}

function tagLabel(head: string): string | undefined {
  const tag = /<([A-Za-z][\w:.-]*)[^<>]*>$/.exec(head)?.[1];
  if (tag === undefined) return undefined;
  const name = tag.slice(tag.indexOf(':') + 1);
  if (!LAYOUT_TAGS.has(name.toLowerCase())) return name;
  return cleanLabel(/([^<>]{2,40})(?:<[^<>]*>\s*){1,4}$/.exec(head)?.[1]);
}

function cellLabel(head: string): string | undefined {
  return cleanLabel(/[^|\t]*$/.exec(head.trimEnd())?.[0].split(/ {3,}/).at(-1));
}

function cleanLabel(label: string | undefined): string | undefined {
  // In running text the label starts after the last sentence, and is a few words long.
  let trimmed = label?.trim() ?? '';
  if (trimmed.length > 24) trimmed = trimmed.split(/[.!?(]\s+/).at(-1) ?? '';
  if (trimmed.length > LONGEST_LABEL) trimmed = trimmed.split(/\s+/).slice(-3).join(' ');
  return trimmed.length <= LONGEST_LABEL && /\p{L}/u.test(trimmed) ? trimmed : undefined;
}

const REACH = 3000;
const INSERT = /^insert\s+(?:ignore\s+)?into\s+[^\s(]{1,100}\s*\(([^()]{1,2000})\)\s*values?\s*/i;

/** The columns of the last INSERT statement, kept for its further rows. */
export interface SqlMemory {
  columns: readonly string[];
}

/**
 * The column that the value at `start` is inserted in, for `INSERT INTO t (a, b) VALUES ('x', 'y')` and for its further
 * rows when each stands on a line of its own.
 */
export function sqlLabel(text: string, start: number, memory: SqlMemory): string | undefined {
  if (!/[,(]\s{0,4}[NE]?'?$/.test(text.slice(Math.max(0, start - 8), start))) return undefined;
  const head = text.slice(Math.max(0, start - REACH), start);
  const insert = head.toLowerCase().lastIndexOf('insert ');
  const match = insert === -1 ? null : INSERT.exec(head.slice(insert));
  let row: string;
  if (match) {
    memory.columns = (match[1] ?? '').split(',').map((column) => column.replace(/["'`[\]\s]/g, ''));
    row = head.slice(insert + match[0].length);
  } else {
    row = head.slice(head.lastIndexOf('\n') + 1);
    if (memory.columns.length === 0 || !/^\s{0,8}\(/.test(row)) return undefined;
  }
  return memory.columns[placeInRow(row)];
}

function placeInRow(row: string): number {
  let place = -1;
  let depth = 0;
  let quoted = false;
  for (const character of row) {
    if (character === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') {
      if (depth === 0) place = 0;
      depth++;
    } else if (character === ')') depth--;
    else if (character === ',' && depth === 1) place++;
  }
  return place;
}

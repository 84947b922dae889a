import type { ResultField } from '../statement-runner.ts';

/** Columns of a RowDescription message, as `pg` describes them; frozen, because many results share them. */
export function readRowDescription(bytes: Buffer, start: number): readonly ResultField[] {
  const count = bytes.readInt16BE(start);
  const fields: ResultField[] = [];
  let at = start + 2;
  for (let index = 0; index < count; index++) {
    const close = bytes.indexOf(0, at);
    const name = bytes.toString('utf8', at, close);
    at = close + 1;
    fields.push(
      Object.freeze({
        name,
        tableID: bytes.readUInt32BE(at),
        columnID: bytes.readInt16BE(at + 4),
        dataTypeID: bytes.readUInt32BE(at + 6),
        dataTypeSize: bytes.readInt16BE(at + 10),
        dataTypeModifier: bytes.readInt32BE(at + 12),
        format: 'text',
      }),
    );
    at += 18;
  }
  return Object.freeze(fields);
}

/** What a command did: `SELECT 12`, `INSERT 0 1`, `CREATE TABLE`. The count is the last word, the command the first. */
export function readCommandTag(
  bytes: Buffer,
  start: number,
  end: number,
): { readonly command: string; readonly rowCount: number | undefined } {
  const words = bytes.toString('latin1', start, end - 1).split(' ');
  const last = words.length > 1 ? Number(words.at(-1)) : Number.NaN;
  return { command: words[0] ?? '', rowCount: Number.isNaN(last) ? undefined : last };
}

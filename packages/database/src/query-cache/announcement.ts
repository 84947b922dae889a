/** What the database says of one write, or of a change of the schema. */
export type Announcement =
  | { readonly kind: 'schema' }
  | {
      readonly kind: 'write';
      readonly table: number;
      /** The writing transaction, when it is known. */
      readonly transaction: bigint | undefined;
      /** Touched keys by column; `undefined` when any row may be touched. */
      readonly keys: Readonly<Record<string, readonly string[]>> | undefined;
    };

/** The triggers list one key more than that when there are more. */
export const MOST_KEYS = 64;

/** Reads `oid xid {"column":["key"]}`; anything else gives `undefined`. */
export function parseAnnouncement(text: string): Announcement | undefined {
  if (text === 'schema') return { kind: 'schema' };
  const match = /^(\d+) (\d+)(?: (\{[\s\S]*\}))?$/.exec(text);
  if (match === null) return undefined;
  const [, table, transaction = '0', json] = match;
  return {
    kind: 'write',
    table: Number(table),
    transaction: transaction === '0' ? undefined : BigInt(transaction),
    keys: json === undefined ? undefined : parseKeys(json),
  };
}

/** Writes an announcement as the triggers do, keys left out where they do not fit. */
export function formatAnnouncement(announcement: Announcement, mostBytes: number): string {
  if (announcement.kind === 'schema') return 'schema';
  const { table, transaction, keys } = announcement;
  const head = `${table} ${transaction ?? 0}`;
  const full = keys === undefined ? head : `${head} ${JSON.stringify(keys)}`;
  return Buffer.byteLength(full) <= mostBytes ? full : head;
}

function parseKeys(json: string): Readonly<Record<string, readonly string[]>> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  const keys: Record<string, readonly string[]> = {};
  for (const [column, list] of Object.entries(parsed as object)) {
    if (!Array.isArray(list)) return undefined;
    // Too many: of this column nothing is told.
    if (list.length > MOST_KEYS) continue;
    // A key of null, or one too long to be told, is one that no read can be narrowed to.
    keys[column] = list.filter((key) => typeof key === 'string');
  }
  return Object.keys(keys).length === 0 ? undefined : keys;
}

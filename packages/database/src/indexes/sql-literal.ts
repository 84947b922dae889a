/** A value as a quoted literal without a type, as the server would read the parameter. */
export function toLiteral(value: unknown): string {
  const text = toText(value);
  return text === undefined ? 'null' : `'${text.replaceAll("'", "''")}'`;
}

function toText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return `{${value.map(toElement).join(',')}}`;
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'symbol' || typeof value === 'function' ? undefined : `${value as string | number}`;
}

function toElement(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(toElement).join(',')}}`;
  const text = toText(value);
  return text === undefined ? 'NULL' : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/**
 * Values as one text that differs whenever what the server receives differs.
 * @returns undefined for a value whose text on the wire is not certain; the read is then not cached.
 */
export function toParameterKey(values: readonly unknown[]): string | undefined {
  let key = '';
  for (const value of values) {
    const part = toPart(value);
    if (part === undefined) return undefined;
    key += part;
  }
  return key;
}

function toPart(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return `n${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'bigint':
      return `b${value};`;
    case 'undefined':
      return '-';
    case 'object':
      return toObjectPart(value);
    default:
      return undefined;
  }
}

function toObjectPart(value: object | null): string | undefined {
  if (value === null) return '-';
  if (value instanceof Date) return `d${value.getTime()};`;
  if (Buffer.isBuffer(value)) return `x${value.length}:${value.toString('latin1')}`;
  if (!Array.isArray(value)) return undefined;
  const items = toParameterKey(value);
  return items === undefined ? undefined : `[${value.length}:${items}]`;
}

import { isUtf8 } from 'node:buffer';

/** A database value as text, or undefined when it holds none. */
export function toCellText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
      return String(value);
    case 'object':
      if (value === null) return undefined;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString().slice(0, 10);
      if (value instanceof Uint8Array) return toBlobText(value);
      return toCellText(JSON.stringify(value));
    default:
      return undefined;
  }
}

function toBlobText(value: Uint8Array): string | undefined {
  return isUtf8(value) && !value.includes(0) ? Buffer.from(value).toString('utf8') : undefined;
}

import pgUtils from 'pg/lib/utils.js';
import type { EncodedValue } from './frame-writer.ts';

/** Turns a parameter into what travels; dates, arrays, buffers, objects and `toPostgres` are those of `pg`. */
export function encodeValue(value: unknown): EncodedValue {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'undefined':
      return null;
    default:
      return value === null ? null : pgUtils.prepareValue(value);
  }
}

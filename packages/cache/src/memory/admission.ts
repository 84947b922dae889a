import { CacheError } from '../errors.ts';

/** What is known of a value once it has been looked through. */
export interface AdmittedValue {
  /** Estimated size in memory. */
  readonly bytes: number;
  /** Whether it has parts that cannot be frozen, so that each reader needs a copy. */
  readonly isMutable: boolean;
  /** Whether it holds -0, half a surrogate pair, a shared or circular reference, a gap in an array: things that compact codecs lose. */
  readonly isIrregular: boolean;
}

/** Sizes of V8 on 64 bit with 8-byte slots, rounded up. */
const OBJECT_BYTES = 32;
const SLOT_BYTES = 8;
const NUMBER_BYTES = 12;
const STRING_BYTES = 24;
const MAP_SLOT_BYTES = 48;
const MAX_DEPTH = 500;

/**
 * Looks through a value once: measures it, freezes it when asked, and refuses what a cache cannot carry.
 * @throws CacheError CACHE_VALUE_UNSUPPORTED naming the place, when it holds a function, symbol, promise or class instance.
 */
export function admitValue(value: unknown, options: { readonly freeze: boolean }): AdmittedValue {
  if (typeof value === 'string')
    return { bytes: STRING_BYTES + value.length, isMutable: false, isIrregular: !value.isWellFormed() };
  if (value === undefined) throw new CacheError('CACHE_VALUE_UNSUPPORTED', 'undefined means "not there"');
  const walk = new Walk(options.freeze);
  walk.visit(value, '', 0);
  return walk;
}

class Walk implements AdmittedValue {
  bytes = 0;
  isMutable = false;
  isIrregular = false;
  private readonly freeze: boolean;
  private readonly seen = new Set<object>();

  constructor(freeze: boolean) {
    this.freeze = freeze;
  }

  visit(value: unknown, path: string, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.bytes += STRING_BYTES + value.length;
        if (!value.isWellFormed()) this.isIrregular = true;
        return;
      case 'number':
        this.bytes += NUMBER_BYTES;
        if (value === 0 && Object.is(value, -0)) this.isIrregular = true;
        return;
      case 'bigint':
        this.bytes += STRING_BYTES;
        return;
      case 'function':
      case 'symbol':
        throw refuse(`a ${typeof value}`, path);
      case 'object':
        if (value !== null) this.visitObject(value, path, depth);
        return;
      default:
    }
  }

  private visitObject(value: object, path: string, depth: number): void {
    if (this.seen.has(value)) {
      this.isIrregular = true;
      return;
    }
    if (depth > MAX_DEPTH) throw refuse(`more than ${MAX_DEPTH} levels`, path);
    this.seen.add(value);
    this.bytes += OBJECT_BYTES;
    if (Array.isArray(value)) this.visitArray(value, path, depth);
    else if (isPlain(value)) this.visitRecord(value, path, depth);
    else this.visitBuiltIn(value, path, depth);
  }

  private visitArray(value: unknown[], path: string, depth: number): void {
    this.bytes += value.length * SLOT_BYTES;
    for (let index = 0; index < value.length; index++) {
      if (!(index in value)) this.isIrregular = true;
      this.visit(value[index], depth < 3 ? `${path}[${index}]` : path, depth + 1);
    }
    if (this.freeze) Object.freeze(value);
  }

  private visitRecord(value: object, path: string, depth: number): void {
    if (Object.getOwnPropertySymbols(value).length > 0) throw refuse('a property named by a symbol', path);
    // A plain object's properties, read by name.
    const record = value as Record<string, unknown>;
    for (const name of Object.keys(record)) {
      this.bytes += SLOT_BYTES;
      if (name === '__proto__' || !name.isWellFormed()) this.isIrregular = true;
      this.visit(record[name], depth < 3 ? `${path}.${name}` : path, depth + 1);
    }
    if (this.freeze) Object.freeze(value);
  }

  private visitBuiltIn(value: object, path: string, depth: number): void {
    this.isMutable = true;
    if (value instanceof Date || value instanceof RegExp) return;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      this.bytes += value.byteLength + OBJECT_BYTES;
      return;
    }
    if (value instanceof Map) {
      for (const [key, item] of value) {
        this.bytes += MAP_SLOT_BYTES;
        this.visit(key, path, depth + 1);
        this.visit(item, path, depth + 1);
      }
      return;
    }
    if (value instanceof Set) {
      for (const item of value) {
        this.bytes += MAP_SLOT_BYTES;
        this.visit(item, path, depth + 1);
      }
      return;
    }
    if (value instanceof Error) {
      this.isIrregular = true;
      this.bytes += STRING_BYTES * 2 + value.message.length + (value.stack?.length ?? 0);
      if (value.cause !== undefined) this.visit(value.cause, `${path}.cause`, depth + 1);
      return;
    }
    throw refuse(`an instance of ${value.constructor?.name ?? 'an unknown class'}`, path);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuse(what: string, path: string): CacheError {
  return new CacheError('CACHE_VALUE_UNSUPPORTED', `${what} at value${path}`);
}

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

/** Sizes of V8 on 64 bit with 8-byte slots. */
const OBJECT_BYTES = 24;
const ARRAY_BYTES = 24;
const SLOT_BYTES = 8;
/** A number that does not fit into its slot. */
const NUMBER_BYTES = 16;
const BIGINT_BYTES = 24;
const STRING_BYTES = 16;
const MAP_SLOT_BYTES = 48;
const MAX_DEPTH = 500;
/** Steps of a path that an error names; names further inside may be data. */
const MAX_SHOWN_STEPS = 3;

/**
 * Looks through a value once: measures it, freezes it when asked, and refuses what a cache cannot carry.
 * @throws CacheError CACHE_VALUE_UNSUPPORTED naming the place, when it holds a function, symbol, promise or class instance.
 */
export function admitValue(value: unknown, options: { readonly freeze: boolean }): AdmittedValue {
  if (typeof value === 'string')
    return { bytes: sizeOfText(value), isMutable: false, isIrregular: !value.isWellFormed() };
  if (value === undefined) throw new CacheError('CACHE_VALUE_UNSUPPORTED', 'undefined means "not there"');
  const walk = new Walk(options.freeze);
  walk.visit(value);
  return walk;
}

class Walk implements AdmittedValue {
  bytes = 0;
  isMutable = false;
  isIrregular = false;
  private readonly freeze: boolean;
  private first: object | undefined;
  /** Objects that were met after the first. */
  private seen: Set<object> | undefined;
  /** The names and numbers on the way to the present place. */
  private readonly path: (string | number)[] = [];

  constructor(freeze: boolean) {
    this.freeze = freeze;
  }

  visit(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.bytes += sizeOfText(value);
        if (!value.isWellFormed()) this.isIrregular = true;
        return;
      case 'number':
        if ((value | 0) !== value) this.bytes += NUMBER_BYTES;
        else if (value === 0 && Object.is(value, -0)) this.isIrregular = true;
        return;
      case 'bigint':
        this.bytes += BIGINT_BYTES;
        return;
      case 'function':
      case 'symbol':
        throw this.refuse(`a ${typeof value}`);
      case 'object':
        if (value !== null) this.visitObject(value);
        return;
      default:
    }
  }

  private visitObject(value: object): void {
    if (!this.isNew(value)) {
      this.isIrregular = true;
      return;
    }
    if (this.path.length > MAX_DEPTH) throw this.refuse(`more than ${MAX_DEPTH} levels`);
    this.bytes += OBJECT_BYTES;
    if (Array.isArray(value)) this.visitArray(value);
    else if (isPlain(value)) this.visitRecord(value);
    else this.visitBuiltIn(value);
  }

  private isNew(value: object): boolean {
    if (this.first === undefined) {
      this.first = value;
      return true;
    }
    if (this.first === value || this.seen?.has(value) === true) return false;
    (this.seen ??= new Set()).add(value);
    return true;
  }

  private visitArray(value: unknown[]): void {
    const { path } = this;
    this.bytes += ARRAY_BYTES + value.length * SLOT_BYTES;
    const place = path.push(0) - 1;
    for (let index = 0; index < value.length; index++) {
      if (!(index in value)) this.isIrregular = true;
      path[place] = index;
      this.visit(value[index]);
    }
    path.pop();
    if (this.freeze) Object.freeze(value);
  }

  private visitRecord(value: object): void {
    if (Object.getOwnPropertySymbols(value).length > 0) throw this.refuse('a property named by a symbol');
    const { path } = this;
    // A plain object's properties, read by name.
    const record = value as Record<string, unknown>;
    const place = path.push('') - 1;
    for (const name of Object.keys(record)) {
      this.bytes += SLOT_BYTES;
      if (name === '__proto__' || !name.isWellFormed()) this.isIrregular = true;
      path[place] = name;
      this.visit(record[name]);
    }
    path.pop();
    if (this.freeze) Object.freeze(value);
  }

  private visitBuiltIn(value: object): void {
    this.isMutable = true;
    if (value instanceof Date || value instanceof RegExp) return;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      this.bytes += value.byteLength + OBJECT_BYTES;
      return;
    }
    if (value instanceof Map) {
      for (const [key, item] of value) {
        this.bytes += MAP_SLOT_BYTES;
        this.visitInside('key', key);
        this.visitInside('item', item);
      }
      return;
    }
    if (value instanceof Set) {
      for (const item of value) {
        this.bytes += MAP_SLOT_BYTES;
        this.visitInside('item', item);
      }
      return;
    }
    if (value instanceof Error) {
      this.isIrregular = true;
      this.bytes += STRING_BYTES * 2 + value.message.length + (value.stack?.length ?? 0);
      if (value.cause !== undefined) this.visitInside('cause', value.cause);
      return;
    }
    throw this.refuse(`an instance of ${value.constructor?.name ?? 'an unknown class'}`);
  }

  private visitInside(name: string, value: unknown): void {
    this.path.push(name);
    this.visit(value);
    this.path.pop();
  }

  private refuse(what: string): CacheError {
    const path = this.path
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
      .slice(0, MAX_SHOWN_STEPS);
    return new CacheError('CACHE_VALUE_UNSUPPORTED', `${what} at value${path.join('')}`);
  }
}

/** Characters outside Latin-1 take twice as much, which only looking at all of them would tell. */
export function sizeOfText(text: string): number {
  return STRING_BYTES + ((text.length + 7) & ~7);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

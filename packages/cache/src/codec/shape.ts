import { emptyList } from './empty-list.ts';
import { toItemCode } from './item-code.ts';
import { planRecord, type RecordPlan } from './record-plan.ts';
import { NAME_SEPARATOR } from './structured-format.ts';

/** Where the values of an object are read from, one after the other. */
export interface ValueSource {
  value(): unknown;
}

/** Where the values of an object are written to, one after the other. */
export interface ValueTarget {
  value(item: unknown): void;
}

type Fields = Readonly<Record<string, unknown>>;
type Columns = readonly unknown[][];

/** Objects of one shape that are met before code is made for it: values used as dictionaries never get that far. */
const COMPILE_AFTER = 16;
/** Records that do not fit their plan, after which it is looked at whether it is worth keeping. */
const MISSES_PER_LOOK = 64;
/** A plan stays while at least so many records fit for each that does not. */
const MIN_FITS_PER_MISS = 4;
const MAX_PLANS = 4;
/** Shapes that are remembered; values used as dictionaries must not fill the memory. */
const MAX_SHAPES = 1_000;

/**
 * The names of the properties of an object, in their order, with code that takes such objects apart and puts them
 * together. Hot shapes get code of their own, in which each property is a constant; where the process forbids making
 * code, all of them go the general way.
 */
export class Shape {
  readonly names: readonly string[];
  /** All names as one text. */
  readonly joined: string;
  /** Kept by the writer: the value in which this shape was last written, and its number there. */
  writtenIn = 0;
  number = 0;
  /** Code for whole records that begin with this shape and are alike. */
  plan: RecordPlan | undefined;
  /** Kept by who uses the plan: how many records fitted. */
  fits = 0;
  private misses = 0;
  private plans = 0;
  private uses = 0;
  private compiled: CompiledShape | undefined;

  constructor(names: readonly string[], joined: string) {
    this.names = names;
    this.joined = joined;
  }

  /** Whether an object has these properties in this order, and no others. */
  matches(record: object): boolean {
    const { names } = this;
    let index = 0;
    // An enumerable property of the prototype shows up as one too many, which is as good as another shape.
    // oxlint-disable-next-line guard-for-in
    for (const name in record) if (name !== names[index++]) return false;
    return index === names.length;
  }

  /** Puts an object together. */
  build(source: ValueSource): object {
    if (this.compiled !== undefined) return this.compiled.build(source);
    this.count(1);
    const record: Record<string, unknown> = {};
    for (const name of this.names) record[name] = source.value();
    return record;
  }

  /** Takes an object apart. */
  put(target: ValueTarget, record: Fields): void {
    if (this.compiled !== undefined) {
      this.compiled.put(target, record);
      return;
    }
    this.count(1);
    for (const name of this.names) target.value(record[name]);
  }

  /** Notes a record that went the general way: enough of them are worth a plan, or another one. */
  noteRecord(record: object): void {
    this.misses += 1;
    if (this.plans >= MAX_PLANS || this.misses < (this.plans === 0 ? COMPILE_AFTER : MISSES_PER_LOOK)) return;
    if (this.plan === undefined || this.fits < this.misses * MIN_FITS_PER_MISS) {
      this.plans += 1;
      this.plan = this.plans < MAX_PLANS ? planRecord(this.names, record) : undefined;
    }
    this.fits = 0;
    this.misses = 0;
  }

  /** Takes objects apart, into one column a property. */
  toColumns(rows: readonly Fields[]): unknown[][] {
    this.count(rows.length);
    const columns = this.names.map((): unknown[] => []);
    if (this.compiled !== undefined) this.compiled.toColumns(rows, columns);
    else for (const [index, name] of this.names.entries()) for (const row of rows) columns[index]?.push(row[name]);
    return columns;
  }

  /** Puts as many objects together as the columns are long. */
  toRows(columns: Columns, rowCount: number): object[] {
    this.count(rowCount);
    if (this.compiled !== undefined) return this.compiled.toRows(columns, rowCount);
    const rows: object[] = [];
    for (let row = 0; row < rowCount; row++) {
      const record: Record<string, unknown> = {};
      for (const [index, name] of this.names.entries()) record[name] = columns[index]?.[row];
      rows.push(record);
    }
    return rows;
  }

  private count(objects: number): void {
    const before = this.uses;
    this.uses += objects;
    if (before < COMPILE_AFTER && this.uses >= COMPILE_AFTER) this.compiled = compile(this.names);
  }
}

/** The shapes this process has met. */
export class ShapeCatalog {
  private readonly byText = new Map<string, Shape>();
  private readonly byFirstName = new Map<string, Shape[]>();

  /** The shape of an object; `undefined` when its names cannot be stored as one text. */
  ofRecord(record: object): Shape | undefined {
    const names = Object.keys(record);
    const candidates = this.byFirstName.get(names[0] ?? '');
    if (candidates !== undefined) for (const shape of candidates) if (hasNames(shape, names)) return shape;
    const joined = names.join(NAME_SEPARATOR);
    if (names.length === 0 || joined.split(NAME_SEPARATOR).length !== names.length) return undefined;
    return this.remember(new Shape(names, joined));
  }

  /** The shape whose names are this text; `undefined` when no writer of ours makes such a text. */
  ofText(joined: string): Shape | undefined {
    const known = this.byText.get(joined);
    if (known !== undefined) return known;
    const names = joined.split(NAME_SEPARATOR);
    return names.includes('__proto__') ? undefined : this.remember(new Shape(names, joined));
  }

  private remember(shape: Shape): Shape {
    if (this.byText.size >= MAX_SHAPES) {
      this.byText.clear();
      this.byFirstName.clear();
    }
    this.byText.set(shape.joined, shape);
    const [first = ''] = shape.names;
    const siblings = this.byFirstName.get(first);
    if (siblings === undefined) this.byFirstName.set(first, [shape]);
    else siblings.push(shape);
    return shape;
  }
}

function hasNames(shape: Shape, names: readonly string[]): boolean {
  const known = shape.names;
  if (known.length !== names.length) return false;
  for (let index = 0; index < names.length; index++) if (known[index] !== names[index]) return false;
  return true;
}

interface CompiledShape {
  build(source: ValueSource): object;
  put(target: ValueTarget, record: Fields): void;
  toColumns(rows: readonly Fields[], columns: Columns): void;
  toRows(columns: Columns, rowCount: number): object[];
}

/** Names reach the code only as JSON texts, which are string literals of the language. */
function compile(names: readonly string[]): CompiledShape | undefined {
  const literals = names.map((name) => JSON.stringify(name));
  const each = (toText: (literal: string, index: number) => string): string => literals.map(toText).join('');
  const columns = each((_, index) => `const c${index} = columns[${index}];`);
  const item = toItemCode('Item', names);
  const source = `${item.declaration}
  return {
    build: (source) => ${item.make(names.map(() => 'source.value()'))},
    put: (target, record) => {${each((name) => `target.value(record[${name}]);`)}},
    toColumns: (rows, columns) => {
      ${columns}
      for (let i = 0; i < rows.length; i++) { const row = rows[i]; ${each((name, index) => `c${index}.push(row[${name}]);`)} }
    },
    toRows: (columns, count) => {
      ${columns}
      const rows = emptyList(count);
      for (let i = 0; i < count; i++) rows[i] = ${item.make(names.map((_, index) => `c${index}[i]`))};
      return rows;
    },
  };`;
  try {
    // The only way to objects whose names are known at run time; see above for what gets into it.
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
    return new Function('emptyList', source)(emptyList) as CompiledShape;
  } catch {
    return undefined;
  }
}

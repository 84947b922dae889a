import { emptyList } from './empty-list.ts';
import { toItemCode } from './item-code.ts';
import type { PlanRecord, PlanSlot, RecordPlan } from './record-plan.ts';
import * as format from './structured-format.ts';

/** A longer text goes the general way: two bytes tell the length of this one. */
const MAX_TEXT = 0x3fff;
const UINT48_LIMIT = 2 ** 48;
/** A tag, and the longest of what may follow it. */
const SLOT_BYTES = 9;

/** What single bytes stand for, by tag. */
const SINGLES: unknown[] = [];
for (let number = 0; number < format.SMALL_NUMBER_LIMIT; number++) SINGLES[format.SMALL_NUMBER + number] = number;
SINGLES[format.NULL] = null;
SINGLES[format.TRUE] = true;
SINGLES[format.FALSE] = false;
SINGLES[format.UNDEFINED] = undefined;
const SINGLES_END: number = format.UNDEFINED + 1;

/** The byte that stands for a value; -1 when none does. */
function singleOf(value: unknown): number {
  if (value === null) return format.NULL;
  if (value === true) return format.TRUE;
  if (value === false) return format.FALSE;
  if (value === undefined) return format.UNDEFINED;
  const isSmall = typeof value === 'number' && (value | 0) === value && value >= 0 && value < format.SMALL_NUMBER_LIMIT;
  return isSmall ? format.SMALL_NUMBER + value : -1;
}

/** Writes a number as the general way does; returns where it ended. */
function putNumber(bytes: Buffer, position: number, value: number): number {
  if ((value | 0) === value) {
    if (value >= 0 && value < format.SMALL_NUMBER_LIMIT) {
      bytes[position] = format.SMALL_NUMBER + value;
      return position + 1;
    }
    bytes[position] = format.INT32;
    return bytes.writeInt32LE(value, position + 1);
  }
  if (value > 0 && value < UINT48_LIMIT && Math.floor(value) === value) {
    const high = (value / 0x1_0000_0000) | 0;
    bytes[position] = format.UINT48;
    bytes[position + 1] = value;
    bytes[position + 2] = value >>> 8;
    bytes[position + 3] = value >>> 16;
    bytes[position + 4] = value >>> 24;
    bytes[position + 5] = high;
    bytes[position + 6] = high >>> 8;
    return position + 7;
  }
  bytes[position] = format.FLOAT64;
  return bytes.writeDoubleLE(value, position + 1);
}

/** Makes the code of a plan. Names reach it only as JSON texts, which are string literals of the language. */
export function compilePlan(root: PlanRecord): RecordPlan | undefined {
  const put = new PutDraft(root);
  const build = new BuildDraft(root);
  const source = `${build.declarations.join('\n')}
  return {
    put: (record, b, start, target) => {
      let p = start, t = 0;
      ${put.lines.join('\n')}
      target.text += ${put.texts.join(' + ') || '""'};
      return p;
    },
    build: (source) => {
      const b = source.bytes, x = source.text;
      let p = source.position, c = source.cursor, t = 0;
      ${build.lines.join('\n')}
      return p === source.end && c === x.length ? ${build.result} : undefined;
    },
  };`;
  try {
    // As in shape.ts: the only way to objects whose names are known at run time.
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
    const make = new Function('SINGLES', 'singleOf', 'putNumber', 'emptyList', source) as (
      ...tools: unknown[]
    ) => Omit<RecordPlan, 'maxBytes'>;
    return { ...make(SINGLES, singleOf, putNumber, emptyList), maxBytes: put.maxBytes };
  } catch {
    return undefined;
  }
}

/** What both directions share: names for what the code holds, and the shapes in the order in which they are met. */
class Draft {
  readonly lines: string[] = [];
  private readonly shapes: string[];
  private variables = 0;

  constructor(root: PlanRecord) {
    this.shapes = [root.names.join(format.NAME_SEPARATOR)];
  }

  protected variable(): string {
    return `v${this.variables++}`;
  }

  /** The bytes by which an object of those names begins, and its names as they stand in the text when they are new. */
  protected meet(names: readonly string[]): { readonly bytes: readonly number[]; readonly text: string } {
    const joined = names.join(format.NAME_SEPARATOR);
    const number = this.shapes.indexOf(joined);
    if (number !== -1) return { bytes: [format.KNOWN_SHAPE, ...toCount(number)], text: '' };
    this.shapes.push(joined);
    return { bytes: [format.NEW_SHAPE, ...toCount(joined.length)], text: joined };
  }
}

class PutDraft extends Draft {
  readonly texts: string[] = [];
  maxBytes = 0;

  constructor(root: PlanRecord) {
    super(root);
    this.fields(root, 'record');
  }

  private fields({ names, slots }: PlanRecord, from: string): void {
    for (const [index, slot] of slots.entries()) {
      const value = this.variable();
      this.lines.push(`const ${value} = ${from}[${JSON.stringify(names[index])}];`);
      this.maxBytes += SLOT_BYTES;
      if (slot.kind === 'record') this.record(slot, value);
      else if (slot.kind === 'list') this.list(value);
      else if (slot.kind === 'number') this.number(value);
      else this.text(value);
    }
  }

  private record(slot: PlanRecord, value: string): void {
    const known = this.variable();
    const literals = slot.names.map((name) => JSON.stringify(name)).join();
    const { bytes, text } = this.meet(slot.names);
    this.maxBytes += bytes.length;
    if (text !== '') this.texts.push(JSON.stringify(text));
    this.lines.push(
      `if (typeof ${value} !== 'object' || Array.isArray(${value})) return -1;`,
      `const ${known} = [${literals}]; t = 0;`,
      `for (const name in ${value}) if (name !== ${known}[t++]) return -1;`,
      `if (t !== ${slot.names.length}) return -1;`,
      ...bytes.map((byte) => `b[p++] = ${byte};`),
    );
    this.fields(slot, value);
  }

  private list(value: string): void {
    const text = this.variable();
    this.maxBytes += format.MAX_LIST;
    this.texts.push(text);
    this.lines.push(
      `if (!Array.isArray(${value}) || ${value}.length > ${format.MAX_LIST}) return -1;`,
      `b[p++] = ${format.ARRAY}; b[p++] = ${value}.length; let ${text} = '';`,
      `for (let i = 0; i < ${value}.length; i++) {`,
      `  const item = ${value}[i];`,
      `  if (typeof item !== 'string') { t = singleOf(item); if (t < 0) return -1; b[p++] = t; }`,
      `  else if (item.length < ${format.SMALL_NUMBER}) { b[p++] = item.length; ${text} += item; }`,
      `  else return -1;`,
      `}`,
    );
  }

  private number(value: string): void {
    this.lines.push(
      `if (typeof ${value} === 'number') p = putNumber(b, p, ${value});`,
      `else if (${value} === null) b[p++] = ${format.NULL};`,
      `else return -1;`,
    );
  }

  private text(value: string): void {
    const text = this.variable();
    this.texts.push(text);
    this.lines.push(
      `let ${text} = '';`,
      `if (typeof ${value} === 'string') {`,
      `  ${text} = ${value}; t = ${value}.length;`,
      `  if (t < ${format.SMALL_NUMBER}) b[p++] = t;`,
      `  else if (t <= ${MAX_TEXT}) { b[p] = ${format.LONG_STRING}; b[p + 1] = t & 127 | 128; b[p + 2] = t >>> 7; p += 3; }`,
      `  else return -1;`,
      `} else { t = singleOf(${value}); if (t < 0) return -1; b[p++] = t; }`,
    );
  }
}

class BuildDraft extends Draft {
  readonly declarations: string[] = [];
  /** The object, when all lines have run. */
  readonly result: string;

  constructor(root: PlanRecord) {
    super(root);
    this.result = this.fields(root);
  }

  private fields({ names, slots }: PlanRecord): string {
    const item = toItemCode(`Item${this.declarations.length}`, names);
    this.declarations.push(item.declaration);
    return item.make(slots.map((slot) => this.slot(slot)));
  }

  private slot(slot: PlanSlot): string {
    if (slot.kind === 'record') return this.record(slot);
    const value = this.variable();
    if (slot.kind === 'list') this.list(value);
    else if (slot.kind === 'number') this.number(value);
    else this.text(value);
    return value;
  }

  private record(slot: PlanRecord): string {
    const { bytes, text } = this.meet(slot.names);
    this.lines.push(`if (${bytes.map((byte) => `b[p++] !== ${byte}`).join(' || ')}) return undefined;`);
    if (text !== '')
      this.lines.push(`if (x.substring(c, c += ${text.length}) !== ${JSON.stringify(text)}) return undefined;`);
    return this.fields(slot);
  }

  private list(value: string): void {
    const length = this.variable();
    this.lines.push(
      `if (b[p++] !== ${format.ARRAY}) return undefined;`,
      `const ${length} = b[p++]; if (!(${length} <= ${format.MAX_LIST})) return undefined;`,
      `const ${value} = emptyList(${length});`,
      `for (let i = 0; i < ${length}; i++) {`,
      `  t = b[p++];`,
      `  if (t < ${format.SMALL_NUMBER}) ${value}[i] = x.substring(c, c += t);`,
      `  else if (t < ${SINGLES_END}) ${value}[i] = SINGLES[t];`,
      `  else return undefined;`,
      `}`,
    );
  }

  private number(value: string): void {
    const low = 'b[p] | b[p + 1] << 8 | b[p + 2] << 16 | b[p + 3] << 24';
    this.lines.push(
      `let ${value} = null; t = b[p++];`,
      `if (t >= ${format.SMALL_NUMBER} && t < ${format.NULL}) ${value} = t - ${format.SMALL_NUMBER};`,
      `else if (t === ${format.UINT48}) { ${value} = ((${low}) >>> 0) + (b[p + 4] | b[p + 5] << 8) * 4294967296; p += 6; }`,
      `else if (t === ${format.INT32}) { ${value} = ${low}; p += 4; }`,
      `else if (t === ${format.FLOAT64}) { if (p + 8 > b.length) return undefined; ${value} = b.readDoubleLE(p); p += 8; }`,
      `else if (t !== ${format.NULL}) return undefined;`,
    );
  }

  private text(value: string): void {
    this.lines.push(
      `let ${value}; t = b[p++];`,
      `if (t < ${format.SMALL_NUMBER}) ${value} = x.substring(c, c += t);`,
      `else if (t < ${SINGLES_END}) ${value} = SINGLES[t];`,
      `else if (t === ${format.LONG_STRING} && b[p] > 127 && b[p + 1] < 128) {`,
      `  t = b[p] & 127 | b[p + 1] << 7; p += 2; ${value} = x.substring(c, c += t);`,
      `} else return undefined;`,
    );
  }
}

/** A count as it is written: seven bits a byte, the lowest first. */
function toCount(count: number): number[] {
  const bytes: number[] = [];
  let rest = count;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

/** Turns a column's text into its value, as `pg.types` has it. */
export type TypeParser = (text: string) => unknown;

/** Reads a column's value straight from the bytes that carry it. */
export type ColumnDecoder = (bytes: Buffer, start: number, end: number) => unknown;

/** How a column is read from each of the formats that the server can send. */
export interface ColumnDecoders {
  readonly text: ColumnDecoder;
  /** Undefined where the text is as good, or where the binary format would give another value. */
  readonly binary: ColumnDecoder | undefined;
}

type Sliceable = Buffer & {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
};

const SHORT_TEXT = 6;
const MINUS = 45;
const ZERO = 48;

/** @see createColumnDecoder */
const decodeText: ColumnDecoder = (bytes, start, end) => {
  if (end - start <= SHORT_TEXT) {
    let text = '';
    let at = start;
    for (; at < end; at++) {
      const code = bytes[at] ?? 0;
      if (code > 0x7f) break;
      text += String.fromCharCode(code);
    }
    if (at === end) return text;
  }
  return (bytes as Sliceable).utf8Slice(start, end);
};

const decodeInteger: ColumnDecoder = (bytes, start, end) => {
  const negative = bytes[start] === MINUS;
  let value = 0;
  for (let at = negative ? start + 1 : start; at < end; at++) value = value * 10 + (bytes[at] ?? 0) - ZERO;
  return negative ? -value : value;
};

const decodeFloat: ColumnDecoder = (bytes, start, end) =>
  Number.parseFloat((bytes as Sliceable).latin1Slice(start, end));

const decodeBoolean: ColumnDecoder = (bytes, start) => bytes[start] === 116;

function digits(bytes: Buffer, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = (bytes[index] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

const DATE_LENGTH = 10;
const SECONDS_LENGTH = 19;

/** `2026-11-23 14:05:06.123456`, with `+02` or `+05:30` behind it when zoned; undefined for what is written otherwise. */
function readTimestamp(bytes: Buffer, start: number, end: number): Date | undefined {
  if (end - start < SECONDS_LENGTH || bytes[start + 4] !== MINUS || bytes[start + DATE_LENGTH] !== 32) return undefined;
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 5, 2);
  const day = digits(bytes, start + 8, 2);
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = digits(bytes, start + 17, 2);
  let at = start + SECONDS_LENGTH;
  let fraction = 0;
  if (bytes[at] === 46) {
    const first = ++at;
    while (at < end && (bytes[at] ?? 0) >= ZERO && (bytes[at] ?? 0) <= 57) at++;
    const known = Math.min(3, at - first);
    fraction = digits(bytes, first, known) * (known === 1 ? 100 : known === 2 ? 10 : 1);
  }
  if (!(year >= 100) || Number.isNaN(month + day + hour + minute + second + fraction)) return undefined;
  if (at === end) return new Date(year, month - 1, day, hour, minute, second, fraction);
  const sign = bytes[at] === 43 ? -1 : bytes[at] === MINUS ? 1 : 0;
  const zoneLength = end - at - 1;
  if (sign === 0 || (zoneLength !== 2 && zoneLength !== 5)) return undefined;
  const offsetMinutes = digits(bytes, at + 1, 2) * 60 + (zoneLength === 5 ? digits(bytes, at + 4, 2) : 0);
  if (Number.isNaN(offsetMinutes)) return undefined;
  return new Date(Date.UTC(year, month - 1, day, hour, minute + sign * offsetMinutes, second, fraction));
}

/** `2026-11-23`, as midnight of the machine's zone. */
function readDate(bytes: Buffer, start: number, end: number): Date | undefined {
  if (end - start !== DATE_LENGTH || bytes[start + 4] !== MINUS) return undefined;
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 5, 2);
  const day = digits(bytes, start + 8, 2);
  return year >= 100 && !Number.isNaN(month + day) ? new Date(year, month - 1, day) : undefined;
}

interface FastKind {
  /** Texts on which a parser must give the values beside them, or it is not the one that the decoder stands for. */
  readonly samples: readonly (readonly [string, unknown])[];
  readonly decode: (parse: TypeParser) => ColumnDecoder;
  readonly decodeBinary?: (parse: TypeParser) => ColumnDecoder;
}

const decodeInt16: ColumnDecoder = (bytes, start) => bytes.readInt16BE(start);
const decodeInt32: ColumnDecoder = (bytes, at) =>
  ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
const decodeUint32: ColumnDecoder = (bytes, start) => bytes.readUInt32BE(start);
const decodeFloat64: ColumnDecoder = (bytes, start) => bytes.readDoubleBE(start);
const decodeBit: ColumnDecoder = (bytes, start) => bytes[start] === 1;

/** Microseconds since 2000; finer than a millisecond is cut off, as it is from the text. */
const EPOCH_2000_MS = 946_684_800_000;

function toZonedDecoder(parse: TypeParser): ColumnDecoder {
  return (bytes, start) => {
    const high = bytes.readInt32BE(start);
    const low = bytes.readUInt32BE(start + 4);
    if (high === 0x7f_ff_ff_ff && low === 0xff_ff_ff_ff) return parse('infinity');
    if (high === -0x80_00_00_00 && low === 0) return parse('-infinity');
    // Exact within 285 years of 2000; beyond, whole numbers are needed.
    const microseconds = high * 2 ** 32 + low;
    if (Number.isSafeInteger(microseconds)) return new Date(EPOCH_2000_MS + Math.floor(microseconds / 1_000));
    const exact = bytes.readBigInt64BE(start);
    const cut = exact < 0n && exact % 1_000n !== 0n ? 1n : 0n;
    return new Date(EPOCH_2000_MS + Number(exact / 1_000n - cut));
  };
}

const TEXT: FastKind = {
  samples: [' aB é', '42', '-7.50', ''].map((sample) => [sample, sample] as const),
  decode: () => decodeText,
};
const INTEGER: FastKind = {
  samples: [
    ['0', 0],
    ['-42', -42],
    ['32767', 32_767],
  ],
  decode: () => decodeInteger,
  decodeBinary: () => decodeInt32,
};
const SMALL_INTEGER: FastKind = { ...INTEGER, decodeBinary: () => decodeInt16 };
const OBJECT_ID: FastKind = {
  samples: [
    ['0', 0],
    ['4294967295', 4_294_967_295],
  ],
  decode: () => decodeInteger,
  decodeBinary: () => decodeUint32,
};
const FLOAT: FastKind = {
  samples: [
    ['1.5', 1.5],
    ['-1e-07', -1e-7],
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
  ],
  decode: () => decodeFloat,
  decodeBinary: () => decodeFloat64,
};
/** As text only: the shortest text of a single-precision number is not its double. */
const SINGLE_FLOAT: FastKind = { samples: FLOAT.samples, decode: () => decodeFloat };
const BOOLEAN: FastKind = {
  samples: [
    ['t', true],
    ['f', false],
  ],
  decode: () => decodeBoolean,
  decodeBinary: () => decodeBit,
};
const ZONED: FastKind = {
  samples: [
    ['2026-11-23 14:05:06.123456+02', new Date(Date.UTC(2026, 10, 23, 12, 5, 6, 123))],
    ['1999-01-01 00:00:00-05:30', new Date(Date.UTC(1999, 0, 1, 5, 30))],
  ],
  decode: (parse) => orParse(readTimestamp, parse),
  decodeBinary: toZonedDecoder,
};
const LOCAL: FastKind = {
  samples: [
    ['2026-11-23 14:05:06.5', new Date(2026, 10, 23, 14, 5, 6, 500)],
    ['1999-07-01 00:00:00', new Date(1999, 6, 1)],
  ],
  decode: (parse) => orParse(readTimestamp, parse),
};
const DATE: FastKind = {
  samples: [
    ['2026-11-23', new Date(2026, 10, 23)],
    ['1999-07-01', new Date(1999, 6, 1)],
  ],
  decode: (parse) => orParse(readDate, parse),
};

/** By object id in pg_type: bool, name, int8, int2, int4, text, oid, float4, float8, bpchar, varchar, date, timestamps, numeric, uuid. */
const FAST_KINDS: ReadonlyMap<number, FastKind> = new Map([
  [16, BOOLEAN],
  [19, TEXT],
  [20, TEXT],
  [21, SMALL_INTEGER],
  [23, INTEGER],
  [25, TEXT],
  [26, OBJECT_ID],
  [700, SINGLE_FLOAT],
  [701, FLOAT],
  [1042, TEXT],
  [1043, TEXT],
  [1082, DATE],
  [1114, LOCAL],
  [1184, ZONED],
  [1700, TEXT],
  [2950, TEXT],
]);

function orParse(
  read: (bytes: Buffer, start: number, end: number) => Date | undefined,
  parse: TypeParser,
): ColumnDecoder {
  return (bytes, start, end) => read(bytes, start, end) ?? parse((bytes as Sliceable).latin1Slice(start, end));
}

function isEqual(left: unknown, right: unknown): boolean {
  if (left instanceof Date && right instanceof Date)
    return Object.getPrototypeOf(left) === Date.prototype && left.getTime() === right.getTime();
  return Object.is(left, right);
}

/**
 * The fastest decoders that give what `parse` gives. A parser that somebody replaced answers the samples of its type
 * differently and is then called with the text, as `pg` does.
 */
export function createColumnDecoders(typeId: number, parse: TypeParser): ColumnDecoders {
  const kind = FAST_KINDS.get(typeId);
  try {
    if (kind?.samples.every(([text, value]) => isEqual(parse(text), value)) === true)
      return { text: kind.decode(parse), binary: kind.decodeBinary?.(parse) };
  } catch {
    // A replaced parser may refuse a sample; it is asked with real values only.
  }
  return { text: (bytes, start, end) => parse((bytes as Sliceable).utf8Slice(start, end)), binary: undefined };
}

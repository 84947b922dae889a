import type { PinSource } from './pins.ts';

/** How a value that a statement compares with a key column becomes the text that the triggers report. */
const CANONICAL: Readonly<
  Record<string, { readonly casts: readonly string[]; toText(value: string): string | undefined }>
> = Object.fromEntries([
  ...['int2', 'int4', 'int8'].map((type) => [type, { casts: ['int2', 'int4', 'int8'], toText: toIntegerText }]),
  ['uuid', { casts: ['uuid'], toText: toUuidText }],
  ['text', { casts: ['text'], toText: (value: string) => value }],
  ['varchar', { casts: ['text', 'varchar'], toText: (value: string) => value }],
]);

/** Keys longer than that are reported as "some row". */
const LONGEST_KEY = 200;

/** Types whose values have one text that equality agrees with. */
export function isKeyType(type: string): boolean {
  return type in CANONICAL;
}

/** What a statement runs with. */
export interface StatementInput {
  readonly values: readonly unknown[];
  /** Settings of the read, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * The keys that `sources` name for these values, as the triggers report them.
 * @returns undefined when a value has no certain text; the caller then depends on the whole table.
 */
export function toKeyTexts(
  sources: readonly PinSource[],
  type: string,
  { values, settings }: StatementInput,
): readonly string[] | undefined {
  const rule = CANONICAL[type];
  if (rule === undefined) return undefined;
  const keys: string[] = [];
  for (const source of sources) {
    const cast = source.type?.replace(/^_/, '');
    if (cast !== undefined && !rule.casts.includes(cast)) return undefined;
    const given = valueOf(source, values, settings);
    if (given === '' && 'setting' in source && source.emptyIsNull) continue;
    const isList = 'isList' in source && source.isList;
    if (isList && !Array.isArray(given)) return undefined;
    for (const item of isList ? (given as readonly unknown[]) : [given]) {
      const key = toKeyText(item, rule.toText);
      if (key === undefined) return undefined;
      keys.push(key);
    }
  }
  return keys;
}

function valueOf(source: PinSource, values: readonly unknown[], settings: StatementInput['settings']): unknown {
  if ('literal' in source) return source.literal;
  return 'setting' in source ? settings?.[source.setting] : values[source.parameter - 1];
}

function toKeyText(value: unknown, toText: (value: string) => string | undefined): string | undefined {
  // Its text is that of an integer for certain, and of a text too.
  if (typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const text = String(value);
  return text.length > LONGEST_KEY ? undefined : toText(text);
}

/** PostgreSQL also reads `05`, `0x5` and `5_0`; those have another text than the key and are left alone. */
function toIntegerText(value: string): string | undefined {
  return /^(?:0|-?[1-9]\d{0,18})$/.test(value) ? value : undefined;
}

function toUuidText(value: string): string | undefined {
  const text = value.toLowerCase();
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text) ? text : undefined;
}

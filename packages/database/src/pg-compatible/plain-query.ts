import type { RunOptions } from '../statement-runner.ts';

/** A query that sessions of our own may carry: a text, its values and the form of its rows, nothing special asked. */
export interface PlainQuery {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly options: RunOptions;
}

/** What `pg` makes of a query configuration beside its text and values; anything of it set is a matter for `pg`. */
const SPECIAL_KEYS = [
  'submit',
  'name',
  'types',
  'rows',
  'binary',
  'portal',
  'query_timeout',
  'callback',
] as const satisfies readonly string[];

type SpecialKey = (typeof SPECIAL_KEYS)[number];
type AnyQuery = { readonly text?: unknown; readonly values?: unknown; readonly rowMode?: unknown } & {
  readonly [Key in SpecialKey]?: unknown;
};

/**
 * Reads what `pg.Pool.query` accepts: a text, a configuration, an object of a tagged template with more in it.
 * @returns undefined for what has to go through `pg`, mistakes included: it says what is wrong in its own words.
 */
export function toPlainQuery(query: unknown, values: unknown): PlainQuery | undefined {
  if (typeof query === 'string') return toPlain(query, values ?? [], {});
  if (typeof query !== 'object' || query === null) return undefined;
  const config = query as AnyQuery;
  if (SPECIAL_KEYS.some((key) => Boolean(config[key]))) return undefined;
  const { text, rowMode } = config;
  return toPlain(text, values ?? config.values ?? [], rowMode === 'array' ? { rowMode } : {});
}

function toPlain(text: unknown, values: unknown, options: RunOptions): PlainQuery | undefined {
  return typeof text === 'string' && Array.isArray(values) ? { text, values, options } : undefined;
}

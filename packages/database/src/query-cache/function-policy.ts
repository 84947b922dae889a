import type { CatalogueFunction } from './catalogue.ts';
import type { FunctionReference } from './read-shape.ts';
import { Refusal } from './refusal.ts';

/**
 * Functions of PostgreSQL that are STABLE only because they read settings of the session (time zone, formats, text
 * search configuration), which cannot change without the cache seeing it. `name/count` limits an entry to calls with
 * that many arguments: `age` of one argument counts from today.
 */
const STEADY = new Set(
  `age/2 array_to_json array_to_string concat concat_ws date_bin date_part date_trunc extract format generate_series
   json_build_array json_build_object json_object jsonb_build_array jsonb_build_object make_timestamptz
   phraseto_tsquery plainto_tsquery quote_literal quote_nullable row_to_json timezone to_char to_date to_json to_jsonb
   to_number to_timestamp to_tsquery to_tsvector ts_headline websearch_to_tsquery overlaps date timestamptz timestamp
   time timetz interval text varchar bpchar json_populate_record json_populate_recordset jsonb_populate_record
   jsonb_populate_recordset json_to_record json_to_recordset jsonb_to_record jsonb_to_recordset`.split(/\s+/),
);
/** Words without which a procedural body can only compute from its arguments. */
const TOUCHES_DATA =
  /\b(?:select|perform|execute|insert|update|delete|merge|query|from|table|call|current_setting|now|clock_timestamp|random)\b/i;

/** What a candidate means for the statement that calls it. */
export type FunctionVerdict =
  | { readonly kind: 'allowed' }
  /** An SQL body whose statements must pass the same test. */
  | { readonly kind: 'body'; readonly text: string };

/**
 * Judges one candidate of a called name.
 * @throws Refusal when the call may give another answer for the same tables.
 */
export function judgeFunction(candidate: CatalogueFunction, call: FunctionReference): FunctionVerdict {
  const subject = `${candidate.schema}.${call.name}`;
  const { volatility, kind, language } = candidate;
  if (candidate.schema === 'pg_catalog') {
    if (volatility === 'i' || kind === 'a' || kind === 'w') return { kind: 'allowed' };
    if (STEADY.has(call.name) || STEADY.has(`${call.name}/${call.argumentCount}`)) return { kind: 'allowed' };
    throw new Refusal(volatility === 'v' ? 'volatile-function' : 'stable-function', subject);
  }
  if (kind === 'a') {
    if (candidate.partsAreImmutable) return { kind: 'allowed' };
    throw new Refusal('stable-function', subject);
  }
  if (volatility === 'v' || kind === 'p') throw new Refusal('volatile-function', subject);
  if (language === 'sql') {
    if (candidate.parsedBody !== null) return { kind: 'body', text: toSelects(candidate.parsedBody) };
    // The body runs under settings of its own, a search path among them.
    if (candidate.hasSettings) throw new Refusal('function-body', subject);
    return { kind: 'body', text: candidate.source };
  }
  if (volatility === 's') throw new Refusal('stable-function', subject);
  if (language === 'c' || language === 'internal') return { kind: 'allowed' };
  // Declared immutable, yet a body that reads tables would give old answers that the declaration does not excuse.
  if (language === 'plpgsql' && !TOUCHES_DATA.test(candidate.source)) return { kind: 'allowed' };
  throw new Refusal('function-body', subject);
}

/** Whether a call of `candidate` may write rows. Functions of PostgreSQL itself write none. */
export function mayWrite({ schema, volatility }: CatalogueFunction): boolean {
  return schema !== 'pg_catalog' && volatility === 'v';
}

/** `BEGIN ATOMIC … END` or `RETURN …` as a text of statements. */
function toSelects(body: string): string {
  const atomic = /^\s*BEGIN ATOMIC\b([\s\S]*)\bEND\s*$/.exec(body)?.[1];
  return atomic ?? body.replace(/^\s*RETURN\b/, 'select');
}

import { quoteName, type ColumnFigures, type TableFacts } from './catalogue.ts';
import type { OrderedTerm, RelationUse, Term } from './relation-use.ts';

/** An index that might help. */
export interface IndexCandidate {
  readonly table: TableFacts;
  readonly method: 'btree' | 'gin' | 'gist' | 'brin';
  /** With operator class and direction. */
  readonly keys: readonly string[];
  readonly included: readonly string[];
  readonly predicate: string | undefined;
}

const MOST_KEYS = 4;
const MOST_LITERALS = 50;
const MOST_INCLUDED = 4;
const WIDEST_INCLUDED_BYTES = 80;
const LEAST_CORRELATION = 0.9;
/** Below this a b-tree is so small that a summary of ranges saves nothing. */
const LEAST_BRIN_BYTES = 8 * 1024 * 1024;
/** Types whose values a b-tree keeps whole and small. */
const NARROW =
  /^(?:smallint|integer|bigint|boolean|uuid|date|timestamp|time|numeric|real|double|text|character|interval|inet|citext|bytea|"?char)/;
const ARRAY = /\[\]$/;
/** Types that a GiST index searches by what lies within or overlaps. */
const RANGES = /range$|^(?:point|box|polygon|circle)$/;

/** Everything about what was asked: what follows is judged by measuring, so a wrong guess only costs time. */
export function toCandidates(use: RelationUse, extensions: ReadonlySet<string>): readonly IndexCandidate[] {
  const { table } = use;
  const found = new Map<string, IndexCandidate>();
  const add = (candidate: IndexCandidate): void => {
    if (candidate.keys.length > 0 && !isThere(candidate)) found.set(toDefinition(candidate), candidate);
  };
  for (const keys of toKeyLists(use)) {
    const plain = { table, method: 'btree', keys, included: [], predicate: undefined } as const;
    add(plain);
    const included = toIncluded(use, keys);
    if (included.length > 0) add({ ...plain, included });
  }
  for (const { sql, term } of toPredicates(use)) {
    const rest = withoutTerms(use, term);
    const [keys = toFallbackKeys(rest)] = toKeyLists(rest);
    const partial = { table, method: 'btree', keys, included: [], predicate: sql } as const;
    add(partial);
    const included = toIncluded(rest, keys);
    if (included.length > 0) add({ ...partial, included });
  }
  for (const { sql, kind, column } of use.contained) {
    const type = column === undefined ? '' : (table.columns.get(column)?.type ?? '');
    if (kind === 'trigram' && !extensions.has('pg_trgm')) continue;
    if (RANGES.test(type)) {
      add({ table, method: 'gist', keys: [sql], included: [], predicate: undefined });
      continue;
    }
    const operatorClass = kind === 'trigram' ? ' gin_trgm_ops' : type === 'jsonb' ? ' jsonb_path_ops' : '';
    add({ table, method: 'gin', keys: [`${sql}${operatorClass}`], included: [], predicate: undefined });
    // The smaller class knows no `?`.
    if (type === 'jsonb') add({ table, method: 'gin', keys: [sql], included: [], predicate: undefined });
  }
  for (const { sql, column } of use.ranges) {
    const figures = column === undefined ? undefined : table.columns.get(column);
    if (
      figures !== undefined &&
      Math.abs(figures.correlation) >= LEAST_CORRELATION &&
      table.sizeBytes >= LEAST_BRIN_BYTES
    )
      add({ table, method: 'brin', keys: [sql], included: [], predicate: undefined });
  }
  return [...found.values()];
}

/** The definition after the index's name: `on public.t using btree (a, b) include (c) where d`. */
export function toDefinition(
  { table, method, keys, included, predicate }: IndexCandidate,
  schema = table.schema,
): string {
  const includes = included.length === 0 ? '' : ` include (${included.map(quoteName).join(', ')})`;
  const where = predicate === undefined ? '' : ` where ${predicate}`;
  // Without a list of rows that are not in it yet: each search would read all of it, and writes would seem to cost nothing.
  const options = method === 'gin' ? ' with (fastupdate = off)' : '';
  return `on ${quoteName(schema)}.${quoteName(table.name)} using ${method} (${keys.join(', ')})${includes}${options}${where}`;
}

/** Whether an existing valid index starts with the same keys and holds as much. */
function isThere({ table, method, keys, included, predicate }: IndexCandidate): boolean {
  return table.indexes.some(
    (index) =>
      index.isValid &&
      index.method === method &&
      included.every((name) => index.included.includes(quoteName(name))) &&
      predicate === undefined &&
      index.predicate === '' &&
      keys.every((key, place) => index.keyTerms[place] === key),
  );
}

/** Lists of keys in the order that a b-tree wants them: equal first, then what is sorted by or bounds a range. */
function toKeyLists(use: RelationUse): readonly (readonly string[])[] {
  const { table, order } = use;
  const equals = unique(use.equals).toSorted((one, other) => distinctOf(table, other) - distinctOf(table, one));
  const lists = unique(use.lists);
  const joins = unique(use.joins).filter(({ sql }) => !equals.some((term) => term.sql === sql));
  const ranges = unique(use.ranges);
  const sorted = toOrderKeys(order);
  const prefixes = unique(use.prefixes).map((term) => toPrefixKey(term, table));
  const [best] = equals;
  const result: string[][] = [];
  const add = (...parts: readonly (readonly string[])[]): void => {
    const keys = [...new Set(parts.flat())];
    if (keys.length > 0) result.push(keys.slice(0, MOST_KEYS));
  };
  const all = sqlOf(equals);
  const windows = use.windows.map(toOrderKeys);
  const tails = [
    sorted,
    ...windows,
    ...ranges.map(({ sql }) => [sql]),
    ...prefixes.map((key) => [key]),
    sqlOf(use.grouped),
  ].filter((tail) => tail.length > 0);
  for (const tail of tails) {
    add(all, tail);
    if (equals.length > 1 && best !== undefined) add([best.sql], tail);
    if (equals.length > 0) add(tail);
    for (const list of lists) add(all, [list.sql], tail);
  }
  if (sorted.length > 0) for (const range of ranges) add(all, sorted, [range.sql]);
  add(all);
  if (equals.length > 1) for (const term of equals) add([term.sql]);
  for (const list of lists) {
    add(all, [list.sql]);
    add([list.sql]);
  }
  for (const join of joins) {
    add([join.sql]);
    add(all, [join.sql]);
    add([join.sql], all);
    if (lists.length > 0) add([join.sql], sqlOf(lists));
    for (const tail of tails) add([join.sql], all, tail);
  }
  for (const arm of use.alternatives) {
    add(all, sqlOf(arm));
    add(sqlOf(arm));
    if (arm.length > 1) for (const term of arm) add([term.sql]);
  }
  return result;
}

/** Keys for a partial index whose predicate says everything: what is sorted or grouped by, or any column it yields. */
function toFallbackKeys({ table, needed }: RelationUse): readonly string[] {
  const column = [...(needed ?? [])].find((name) => isNarrow(table.columns.get(name)));
  const [primary] = table.indexes.find(({ isNeeded, isUnique }) => isNeeded && isUnique)?.keyTerms ?? [];
  const key = primary ?? (column === undefined ? undefined : quoteName(column));
  return key === undefined ? [] : [key];
}

/** Each fixed condition by itself, and all of them together. */
function toPredicates({
  fixed,
  table,
}: RelationUse): readonly { readonly sql: string; readonly term: readonly string[] }[] {
  // A literal ends up in the definition: only states and kinds may, never what tells one person from another.
  const allowed = fixed.filter(
    ({ literalColumn }) =>
      literalColumn === undefined ||
      (table.columns.get(literalColumn)?.distinctCount ?? Number.POSITIVE_INFINITY) <= MOST_LITERALS,
  );
  const known = new Map(allowed.map((condition) => [condition.sql, condition]));
  const single = [...known.values()].map(({ sql, term }) => ({ sql, term: term === undefined ? [] : [term] }));
  if (single.length < 2) return single;
  const together = { sql: single.map(({ sql }) => sql).join(' and '), term: single.flatMap(({ term }) => term) };
  return [together, ...single];
}

function withoutTerms(use: RelationUse, fixed: readonly string[]): RelationUse {
  const keep = <Kept extends Term>(terms: readonly Kept[]): Kept[] => terms.filter(({ sql }) => !fixed.includes(sql));
  return { ...use, equals: keep(use.equals), lists: keep(use.lists), order: keep(use.order) };
}

function toIncluded({ table, needed }: RelationUse, keys: readonly string[]): readonly string[] {
  if (needed === undefined || keys.some((key) => key.includes(' '))) return [];
  const names = [...needed].filter((name) => !keys.includes(quoteName(name)));
  const figures = names.map((name) => table.columns.get(name));
  const width = figures.reduce((sum, column) => sum + (column?.widthBytes ?? 0), 0);
  const fits = names.length <= MOST_INCLUDED && width <= WIDEST_INCLUDED_BYTES && figures.every(isNarrow);
  return fits ? names : [];
}

function isNarrow(column: ColumnFigures | undefined): boolean {
  return column !== undefined && NARROW.test(column.type) && !ARRAY.test(column.type);
}

/** All one way needs no direction: an index is read backwards as well. */
function toOrderKeys(order: readonly OrderedTerm[]): readonly string[] {
  const isUniform = order.every(({ descending, nulls }) => descending === order[0]?.descending && nulls === undefined);
  return order.map(({ sql, descending, nulls }) =>
    isUniform ? sql : `${sql}${descending ? ' desc' : ''}${nulls === undefined ? '' : ` nulls ${nulls}`}`,
  );
}

function toPrefixKey({ sql, column }: Term, table: TableFacts): string {
  const figures = column === undefined ? undefined : table.columns.get(column);
  return figures?.isByteOrder === true ? sql : `${sql} text_pattern_ops`;
}

function unique<Kept extends Term>(terms: readonly Kept[]): readonly Kept[] {
  return [...new Map(terms.map((term) => [term.sql, term])).values()];
}

function sqlOf(terms: readonly Term[]): readonly string[] {
  return terms.map(({ sql }) => sql);
}

function distinctOf({ columns, rowCount }: TableFacts, { column }: Term): number {
  return column === undefined ? rowCount : (columns.get(column)?.distinctCount ?? 1);
}

import type { TableFacts } from './catalogue.ts';

/** Something that can be a key of an index. */
export interface Term {
  /** A bare column name or an expression in parentheses, as an index takes it. */
  readonly sql: string;
  /** Set when it is a plain column. */
  readonly column: string | undefined;
}

/** A term to sort by. */
export interface OrderedTerm extends Term {
  readonly descending: boolean;
  /** Where it is not the default of the direction. */
  readonly nulls: 'first' | 'last' | undefined;
}

/** A condition without parameters; it can be the predicate of a partial index. */
export interface FixedCondition {
  readonly sql: string;
  /** The term it fixes to one value. */
  readonly term: string | undefined;
  /** The column that it compares with a literal; undefined where it holds none. */
  readonly literalColumn?: string | undefined;
}

/** A condition that another kind of index than a b-tree answers. */
export interface ContainmentTerm extends Term {
  readonly kind: 'containment' | 'search' | 'trigram';
}

/** What one part of a statement asks of one table. */
export interface RelationUse {
  readonly table: TableFacts;
  /** Compared with one value. */
  readonly equals: Term[];
  /** Compared with a list of values. */
  readonly lists: Term[];
  /** Compared with a column of another table. */
  readonly joins: Term[];
  readonly ranges: Term[];
  /** LIKE with a pattern that may start with plain letters. */
  readonly prefixes: Term[];
  readonly contained: ContainmentTerm[];
  /** Terms of each arm of an OR. */
  readonly alternatives: (readonly Term[])[];
  readonly fixed: FixedCondition[];
  /** When all of it concerns this table. */
  order: readonly OrderedTerm[];
  /** Of each window: what it is parted by, then what it is sorted by. */
  readonly windows: (readonly OrderedTerm[])[];
  grouped: readonly Term[];
  /** Columns that are read; undefined for all. */
  needed: Set<string> | undefined;
}

/** A use of `table` of which nothing is known yet. */
export function toRelationUse(table: TableFacts): RelationUse {
  return {
    table,
    equals: [],
    lists: [],
    joins: [],
    ranges: [],
    prefixes: [],
    contained: [],
    alternatives: [],
    fixed: [],
    order: [],
    windows: [],
    grouped: [],
    needed: new Set(),
  };
}

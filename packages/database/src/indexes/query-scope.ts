import { fieldsOf, isNode, namesOf, nodesOf, textOf, type SqlNode } from '../query-cache/sql-parser.ts';
import type { TableFacts } from './catalogue.ts';
import { toRelationUse, type RelationUse, type Term } from './relation-use.ts';
import { columnOf, columnsBelow, toSql, type ColumnReference } from './sql-terms.ts';

/** The tables of one level of a query, by the names that its expressions use. */
export interface QueryScope {
  readonly uses: readonly RelationUse[];
  /** The table that a reference means; undefined when it belongs to an outer level, or to a subquery. */
  resolve(reference: ColumnReference): RelationUse | undefined;
  /** The tables that an expression reads; `undefined` in it for what is not a table of this level. */
  usesBelow(node: unknown): ReadonlySet<RelationUse>;
  /** The expression as a key of an index, with the one table it reads. */
  toTerm(node: unknown): { readonly use: RelationUse; readonly term: Term } | undefined;
}

/** Tables by name, those of CTEs hidden. */
export type FindTable = (schema: string | undefined, name: string) => TableFacts | undefined;

/** What stands in a FROM: tables and what joins them. */
export interface FromParts {
  readonly relations: readonly SqlNode[];
  readonly conditions: readonly unknown[];
  /** Columns by which a JOIN … USING joins. */
  readonly shared: readonly string[];
}

/** Takes a FROM apart. */
export function takeApart(items: readonly unknown[]): FromParts {
  const relations: SqlNode[] = [];
  const conditions: unknown[] = [];
  const shared = new Set<string>();
  const visit = (item: unknown): void => {
    const relation = fieldsOf(item, 'RangeVar');
    const join = fieldsOf(item, 'JoinExpr');
    if (relation !== undefined) relations.push(relation);
    if (join === undefined) return;
    visit(join['larg']);
    visit(join['rarg']);
    if (join['quals'] !== undefined) conditions.push(join['quals']);
    for (const name of namesOf(join['usingClause']) ?? []) shared.add(name);
  };
  for (const item of items) visit(item);
  return { relations, conditions, shared: [...shared] };
}

export function createQueryScope(relations: readonly SqlNode[], findTable: FindTable): QueryScope {
  const named = new Map<string, RelationUse>();
  for (const relation of relations) {
    const name = textOf(relation['relname']) ?? '';
    const alias = isNode(relation['alias']) ? textOf(relation['alias']['aliasname']) : undefined;
    const table = findTable(textOf(relation['schemaname']), name);
    if (table !== undefined) named.set(alias ?? name, toRelationUse(table));
  }
  const uses = [...named.values()];

  const resolve = ({ qualifier, name }: ColumnReference): RelationUse | undefined => {
    if (qualifier !== undefined) {
      const use = named.get(qualifier);
      return use?.table.columns.has(name) === true ? use : undefined;
    }
    const having = uses.filter(({ table }) => table.columns.has(name));
    return having.length === 1 ? having[0] : undefined;
  };

  const usesBelow = (node: unknown): ReadonlySet<RelationUse> =>
    new Set(
      columnsBelow(node)
        .map(resolve)
        .filter((use) => use !== undefined),
    );

  return {
    uses,
    resolve,
    usesBelow,
    toTerm(node) {
      const [use, ...others] = usesBelow(node);
      if (use === undefined || others.length > 0) return undefined;
      // A column of an outer level inside would make it no key.
      if (columnsBelow(node).some((reference) => resolve(reference) !== use)) return undefined;
      const column = columnOf(node)?.name;
      const sql = toSql(node);
      if (sql === undefined) return undefined;
      // An index takes names and calls as they are; an operation has its parentheses already.
      const isBare = ['FuncCall', 'CoalesceExpr', 'A_Expr'].some((type) => fieldsOf(node, type) !== undefined);
      return { use, term: { column, sql: column !== undefined || isBare ? sql : `(${sql})` } };
    },
  };
}

/** The conditions that must all hold. */
export function conjunctsOf(condition: unknown): readonly unknown[] {
  if (condition === undefined) return [];
  const boolean = fieldsOf(condition, 'BoolExpr');
  return boolean?.['boolop'] === 'AND_EXPR' ? nodesOf(boolean['args']).flatMap(conjunctsOf) : [condition];
}

import { fieldsOf, isNode, nodesOf, textOf, type SqlNode } from '../query-cache/sql-parser.ts';
import { readConditions } from './conditions.ts';
import { createQueryScope, takeApart, type FindTable, type QueryScope } from './query-scope.ts';
import type { OrderedTerm, RelationUse } from './relation-use.ts';
import { columnsBelow } from './sql-terms.ts';

/** What a statement asks of each table, and which one it writes. */
export interface StatementUses {
  readonly uses: readonly RelationUse[];
  readonly written: WrittenTable | undefined;
}

/** The table that a statement writes. */
export interface WrittenTable {
  readonly schema: string | undefined;
  readonly name: string;
  readonly action: 'insert' | 'update' | 'delete';
  /** Columns that an update sets. */
  readonly columns: readonly string[];
}

const WRITES = { InsertStmt: 'insert', UpdateStmt: 'update', DeleteStmt: 'delete' } as const;

/** Looks at every level of a statement: subqueries, CTEs and arms of set operations included. */
export function readStatementUses(statement: SqlNode, findTable: FindTable): StatementUses {
  const uses: RelationUse[] = [];
  visit(statement, findTable, uses);
  return { uses, written: toWritten(statement) };
}

function toWritten(statement: SqlNode): WrittenTable | undefined {
  for (const [type, action] of Object.entries(WRITES)) {
    const body = fieldsOf(statement, type);
    const relation = body?.['relation'];
    if (body === undefined || !isNode(relation)) continue;
    const columns = nodesOf(body['targetList']).map((target) => textOf(fieldsOf(target, 'ResTarget')?.['name']) ?? '');
    return { schema: textOf(relation['schemaname']), name: textOf(relation['relname']) ?? '', action, columns };
  }
  return undefined;
}

function visit(node: unknown, findTable: FindTable, uses: RelationUse[]): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, findTable, uses);
    return;
  }
  if (!isNode(node)) return;
  const level = fieldsOf(node, 'SelectStmt') ?? fieldsOf(node, 'UpdateStmt') ?? fieldsOf(node, 'DeleteStmt');
  if (level !== undefined) {
    visitLevel(level, findTable, uses);
    return;
  }
  for (const value of Object.values(node)) visit(value, findTable, uses);
}

function visitLevel(level: SqlNode, findOuter: FindTable, uses: RelationUse[]): void {
  const ctes = nodesOf(isNode(level['withClause']) ? level['withClause']['ctes'] : undefined);
  const names = new Set(ctes.map((cte) => textOf(fieldsOf(cte, 'CommonTableExpr')?.['ctename'])));
  const findTable: FindTable = (schema, name) =>
    schema === undefined && names.has(name) ? undefined : findOuter(schema, name);
  const from = [...nodesOf(level['fromClause']), ...nodesOf(level['usingClause'])];
  const written = isNode(level['relation']) ? [level['relation']] : [];
  const { relations, conditions } = takeApart(from);
  const scope = createQueryScope([...written, ...relations], findTable);
  uses.push(...scope.uses);
  for (const condition of conditions) readConditions(condition, scope);
  readConditions(level['whereClause'], scope);
  readOrder(level, scope);
  readNeeded(level, scope, written.length > 0);
  // The arms of a UNION are bare levels of their own.
  for (const arm of [level['larg'], level['rarg']]) if (isNode(arm)) visitLevel(arm, findTable, uses);
  for (const [field, value] of Object.entries(level))
    if (field !== 'larg' && field !== 'rarg') visit(value, findTable, uses);
}

function readOrder(level: SqlNode, scope: QueryScope): void {
  const sorted = nodesOf(level['sortClause']).map((item) => toOrdered(fieldsOf(item, 'SortBy') ?? {}, scope));
  const [first] = sorted;
  if (first !== undefined && sorted.every((item) => item?.use === first.use))
    first.use.order = sorted.flatMap((item) => (item === undefined ? [] : [item.ordered]));
  const grouped = nodesOf(level['groupClause']).map((item) => scope.toTerm(item));
  const [group] = grouped;
  if (group !== undefined && grouped.every((item) => item?.use === group.use))
    group.use.grouped = grouped.flatMap((item) => (item === undefined ? [] : [item.term]));
  if (nodesOf(level['groupClause']).length > 0) return;
  // The least or the greatest of a column is the first of its order.
  for (const target of nodesOf(level['targetList'])) {
    const call = fieldsOf(fieldsOf(target, 'ResTarget')?.['val'], 'FuncCall');
    const name = textOf(fieldsOf(nodesOf(call?.['funcname']).at(-1), 'String')?.['sval']);
    const found = name === 'min' || name === 'max' ? scope.toTerm(nodesOf(call?.['args'])[0]) : undefined;
    if (found !== undefined && found.use.order.length === 0)
      found.use.order = [{ ...found.term, descending: false, nulls: undefined }];
  }
}

function toOrdered(
  item: SqlNode,
  scope: QueryScope,
): { readonly use: RelationUse; readonly ordered: OrderedTerm } | undefined {
  const found = scope.toTerm(item['node']);
  if (found === undefined) return undefined;
  const descending = item['sortby_dir'] === 'SORTBY_DESC';
  const wanted =
    item['sortby_nulls'] === 'SORTBY_NULLS_FIRST'
      ? 'first'
      : item['sortby_nulls'] === 'SORTBY_NULLS_LAST'
        ? 'last'
        : undefined;
  // Nulls are the greatest by default.
  const nulls = wanted === (descending ? 'first' : 'last') ? undefined : wanted;
  return { use: found.use, ordered: { ...found.term, descending, nulls } };
}

function readNeeded(level: SqlNode, scope: QueryScope, isWrite: boolean): void {
  const isStar = nodesOf(level['targetList']).some((target) => hasStar(fieldsOf(target, 'ResTarget')?.['val']));
  if (isStar || isWrite) {
    for (const use of scope.uses) use.needed = undefined;
    return;
  }
  for (const reference of columnsBelow(level)) scope.resolve(reference)?.needed?.add(reference.name);
}

function hasStar(value: unknown): boolean {
  return nodesOf(fieldsOf(value, 'ColumnRef')?.['fields']).some((field) => isNode(field) && 'A_Star' in field);
}

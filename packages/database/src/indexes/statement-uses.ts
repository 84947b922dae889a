import { fieldsOf, isNode, nodesOf, textOf, type SqlNode } from '../query-cache/sql-parser.ts';
import { quoteName } from './catalogue.ts';
import { readConditions } from './conditions.ts';
import { createQueryScope, takeApart, type FindTable, type QueryScope } from './query-scope.ts';
import type { OrderedTerm, RelationUse } from './relation-use.ts';
import { columnOf, columnsBelow } from './sql-terms.ts';

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
  const { relations, conditions, shared } = takeApart(from);
  const scope = createQueryScope([...written, ...relations], findTable);
  uses.push(...scope.uses);
  for (const condition of conditions) readConditions(condition, scope);
  for (const name of shared)
    for (const use of scope.uses)
      if (use.table.columns.has(name)) use.joins.push({ sql: quoteName(name), column: name });
  readConditions(level['whereClause'], scope);
  readOrder(level, scope);
  readWindows(level, scope);
  readNeeded(level, scope, written.length > 0);
  // The arms of a UNION are bare levels of their own.
  for (const arm of [level['larg'], level['rarg']]) if (isNode(arm)) visitLevel(arm, findTable, uses);
  for (const [field, value] of Object.entries(level))
    if (field !== 'larg' && field !== 'rarg') visit(value, findTable, uses);
}

function readOrder(level: SqlNode, scope: QueryScope): void {
  const targets = toTargets(level);
  const sorted = nodesOf(level['sortClause']).map((item) => toOrdered(fieldsOf(item, 'SortBy') ?? {}, scope, targets));
  const [first] = sorted;
  if (first !== undefined && sorted.every((item) => item?.use === first.use))
    first.use.order = sorted.flatMap((item) => (item === undefined ? [] : [item.ordered]));
  // What is to be different is found in order, as groups are.
  const groups = [...nodesOf(level['groupClause']), ...nodesOf(level['distinctClause']).filter(hasFields)];
  const grouped = groups.map((item) => scope.toTerm(targets(item)));
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

/** Rows of a window are wanted by what parts them, and in its order within. */
function readWindows(level: SqlNode, scope: QueryScope): void {
  const inline = nodesOf(level['targetList']).map((target) =>
    nodeOf(fieldsOf(fieldsOf(target, 'ResTarget')?.['val'], 'FuncCall')?.['over']),
  );
  const named = nodesOf(level['windowClause']).map((window) => fieldsOf(window, 'WindowDef'));
  for (const window of [...inline, ...named]) {
    if (window === undefined) continue;
    const parts = nodesOf(window['partitionClause']).map((node) => toOrdered({ node }, scope));
    const sorted = nodesOf(window['orderClause']).map((item) => toOrdered(fieldsOf(item, 'SortBy') ?? {}, scope));
    const all = [...parts, ...sorted];
    const [first] = all;
    if (first !== undefined && all.every((item) => item?.use === first.use))
      first.use.windows.push(all.flatMap((item) => (item === undefined ? [] : [item.ordered])));
  }
}

/** What `order by 2` and `order by total` mean where the list of what is selected says so. */
function toTargets(level: SqlNode): (node: unknown) => unknown {
  const targets = nodesOf(level['targetList']).map((target) => fieldsOf(target, 'ResTarget'));
  return (node) => {
    const place = nodeOf(fieldsOf(node, 'A_Const')?.['ival'])?.['ival'];
    if (typeof place === 'number') return targets[place - 1]?.['val'] ?? node;
    const column = columnOf(node);
    if (column === undefined || column.qualifier !== undefined) return node;
    return targets.find((target) => target?.['name'] === column.name)?.['val'] ?? node;
  };
}

function nodeOf(value: unknown): SqlNode | undefined {
  return isNode(value) ? value : undefined;
}

/** A plain DISTINCT is one empty node. */
function hasFields(node: unknown): boolean {
  return isNode(node) && Object.keys(node).length > 0;
}

function toOrdered(
  item: SqlNode,
  scope: QueryScope,
  targets: (node: unknown) => unknown = (node) => node,
): { readonly use: RelationUse; readonly ordered: OrderedTerm } | undefined {
  const found = scope.toTerm(targets(item['node']));
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

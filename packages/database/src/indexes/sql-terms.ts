import { fieldsOf, isNode, namesOf, nodesOf, textOf, type SqlNode } from '../query-cache/sql-parser.ts';
import { quoteName } from './catalogue.ts';

/** Writes an expression of the parse tree as SQL with bare column names; undefined for what no index could hold. */
export function toSql(node: unknown): string | undefined {
  const column = columnOf(node);
  if (column !== undefined) return quoteName(column.name);
  if (isConstant(node)) return constantToSql(node);
  const call = fieldsOf(node, 'FuncCall');
  if (call !== undefined) return callToSql(call);
  const cast = fieldsOf(node, 'TypeCast');
  if (cast !== undefined) return castToSql(cast);
  const coalesce = fieldsOf(node, 'CoalesceExpr');
  if (coalesce !== undefined) return listToSql('coalesce', nodesOf(coalesce['args']));
  const operation = fieldsOf(node, 'A_Expr');
  if (operation === undefined || operation['kind'] !== 'AEXPR_OP') return undefined;
  const operator = operatorOf(operation);
  const left = toSql(operation['lexpr']);
  const right = toSql(operation['rexpr']);
  return left === undefined || right === undefined || operator === undefined
    ? undefined
    : `(${left} ${operator} ${right})`;
}

/** The operator of an expression; undefined for one with a schema. */
export function operatorOf(operation: SqlNode): string | undefined {
  const names = namesOf(operation['name']);
  return names?.length === 1 ? names[0] : undefined;
}

/** A reference to a column: its table's name or alias, when given, and its name. */
export interface ColumnReference {
  readonly qualifier: string | undefined;
  readonly name: string;
}

/** Undefined for anything but a plain reference to a column. */
export function columnOf(node: unknown): ColumnReference | undefined {
  const names = namesOf(fieldsOf(node, 'ColumnRef')?.['fields']);
  const name = names?.at(-1);
  return name === undefined || names === undefined ? undefined : { qualifier: names.at(-2), name };
}

/** Every reference to a column anywhere below `node`, subqueries included. */
export function columnsBelow(node: unknown): ColumnReference[] {
  if (Array.isArray(node)) return node.flatMap((item) => columnsBelow(item));
  if (!isNode(node)) return [];
  const here = columnOf(node);
  return here === undefined ? Object.values(node).flatMap((value) => columnsBelow(value)) : [here];
}

/** Whether `node` is a literal, possibly with a cast. */
export function isConstant(node: unknown): node is SqlNode {
  if (fieldsOf(node, 'A_Const') !== undefined) return true;
  const cast = fieldsOf(node, 'TypeCast');
  return cast !== undefined && isConstant(cast['arg']);
}

function constantToSql(node: SqlNode): string | undefined {
  const cast = fieldsOf(node, 'TypeCast');
  if (cast !== undefined) return castToSql(cast);
  const constant = fieldsOf(node, 'A_Const') ?? {};
  if (constant['isnull'] === true) return undefined;
  const text = constant['sval'];
  if (isNode(text)) return `'${(textOf(text['sval']) ?? '').replaceAll("'", "''")}'`;
  // Zero and false are left out of the tree.
  if (isNode(constant['ival'])) return String(Number(constant['ival']['ival'] ?? 0));
  if (isNode(constant['fval'])) return textOf(constant['fval']['fval']);
  return isNode(constant['boolval']) ? String(constant['boolval']['boolval'] === true) : undefined;
}

function callToSql(call: SqlNode): string | undefined {
  const names = namesOf(call['funcname']);
  const isPlain = ['agg_star', 'agg_distinct', 'agg_order', 'agg_filter', 'over', 'agg_within_group'].every(
    (field) => call[field] === undefined,
  );
  if (names === undefined || !isPlain) return undefined;
  return listToSql(names.map(quoteName).join('.'), nodesOf(call['args']));
}

function castToSql(cast: SqlNode): string | undefined {
  const inner = toSql(cast['arg']);
  const type = isNode(cast['typeName']) ? cast['typeName'] : {};
  const names = namesOf(type['names']);
  const isPlain = nodesOf(type['typmods']).length === 0 && nodesOf(type['arrayBounds']).length === 0;
  return inner === undefined || names === undefined || !isPlain
    ? undefined
    : `(${inner})::${names.map(quoteName).join('.')}`;
}

function listToSql(name: string, items: readonly unknown[]): string | undefined {
  const parts = items.map(toSql);
  return parts.some((part) => part === undefined) ? undefined : `${name}(${parts.join(', ')})`;
}

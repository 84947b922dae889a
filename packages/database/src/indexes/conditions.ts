import { fieldsOf, isNode, nodesOf, textOf } from '../query-cache/sql-parser.ts';
import { conjunctsOf, type QueryScope } from './query-scope.ts';
import type { RelationUse, Term } from './relation-use.ts';
import { isConstant, operatorOf, toSql } from './sql-terms.ts';

const RANGE_OPERATORS = new Set(['<', '<=', '>', '>=']);
const CONTAINMENT_OPERATORS = new Set(['@>', '&&', '<@', '?', '?|', '?&', '@?']);
/** The same with their sides exchanged. */
const MIRRORED = new Map([
  ['<@', '@>'],
  ['@>', '<@'],
  ['&&', '&&'],
]);
/** Regular expressions and likeness, which trigrams answer. */
const TRIGRAM_OPERATORS = new Set(['~', '~*', '%']);
const TRUTHS: Readonly<Record<string, string>> = {
  IS_TRUE: 'is true',
  IS_NOT_TRUE: 'is not true',
  IS_FALSE: 'is false',
  IS_NOT_FALSE: 'is not false',
};

/** Notes what `condition` asks of each table of the level. */
export function readConditions(condition: unknown, scope: QueryScope): void {
  for (const conjunct of conjunctsOf(condition)) readConjunct(conjunct, scope);
}

function readConjunct(conjunct: unknown, scope: QueryScope): void {
  const boolean = fieldsOf(conjunct, 'BoolExpr');
  if (boolean !== undefined) {
    readBoolean(boolean['boolop'], nodesOf(boolean['args']), scope);
    return;
  }
  const test = fieldsOf(conjunct, 'NullTest');
  if (test !== undefined) {
    const found = scope.toTerm(test['arg']);
    const isNull = test['nulltesttype'] === 'IS_NULL';
    found?.use.fixed.push({
      sql: `${found.term.sql} is ${isNull ? '' : 'not '}null`,
      term: isNull ? found.term.sql : undefined,
    });
    if (isNull) found?.use.equals.push(found.term);
    return;
  }
  const truth = fieldsOf(conjunct, 'BooleanTest');
  if (truth !== undefined) {
    const found = scope.toTerm(truth['arg']);
    const words = TRUTHS[textOf(truth['booltesttype']) ?? ''];
    // As it stands there: the planner knows it again without having to prove anything.
    if (words !== undefined) found?.use.fixed.push({ sql: `${found.term.sql} ${words}`, term: found.term.sql });
    return;
  }
  const link = fieldsOf(conjunct, 'SubLink');
  if (link !== undefined && link['subLinkType'] === 'ANY_SUBLINK') {
    const found = scope.toTerm(link['testexpr']);
    found?.use.joins.push(found.term);
    return;
  }
  const operation = fieldsOf(conjunct, 'A_Expr');
  if (operation !== undefined) {
    readOperation({ ...operation }, scope);
    return;
  }
  // A column by itself: a boolean one.
  const found = scope.toTerm(conjunct);
  if (found?.term.column === undefined) return;
  found.use.equals.push(found.term);
  found.use.fixed.push({ sql: found.term.sql, term: found.term.sql });
}

function readBoolean(operator: unknown, parts: readonly unknown[], scope: QueryScope): void {
  if (operator === 'NOT_EXPR') {
    const found = scope.toTerm(parts[0]);
    if (found?.term.column !== undefined) found.use.fixed.push({ sql: `not ${found.term.sql}`, term: found.term.sql });
    return;
  }
  if (operator === 'OR_EXPR') for (const part of parts) readArm(part, scope);
}

/** One side of an OR: an index for it is of use where each of the others has one too. */
function readArm(arm: unknown, scope: QueryScope): void {
  const terms = new Map<RelationUse, Term[]>();
  const add = (found: ReturnType<QueryScope['toTerm']>): void => {
    if (found !== undefined) terms.set(found.use, [...(terms.get(found.use) ?? []), found.term]);
  };
  for (const conjunct of conjunctsOf(arm)) {
    const test = fieldsOf(conjunct, 'NullTest');
    if (test?.['nulltesttype'] === 'IS_NULL') add(scope.toTerm(test['arg']));
    const operation = fieldsOf(conjunct, 'A_Expr');
    if (operation === undefined) continue;
    const { kind } = operation;
    const operator = operatorOf(operation) ?? '';
    if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE' || isForOtherKind(operator)) readOperation(operation, scope);
    else if (operator === '=' || kind === 'AEXPR_BETWEEN' || RANGE_OPERATORS.has(operator))
      add(scope.toTerm(firstOfRow(operation['lexpr'])) ?? scope.toTerm(firstOfRow(operation['rexpr'])));
  }
  for (const [use, found] of terms) use.alternatives.push(found);
}

/** Whether a b-tree has no answer to the operator. */
function isForOtherKind(operator: string): boolean {
  return operator === '@@' || CONTAINMENT_OPERATORS.has(operator) || TRIGRAM_OPERATORS.has(operator);
}

function readOperation(operation: Readonly<Record<string, unknown>>, scope: QueryScope): void {
  const { kind, lexpr, rexpr } = operation;
  const operator = operatorOf(operation);
  const left = scope.toTerm(lexpr);
  if (kind === 'AEXPR_IN' && left !== undefined) {
    const isOneOf = operator === '=';
    if (isOneOf) left.use.lists.push(left.term);
    const values = isNode(rexpr) ? nodesOf(fieldsOf(rexpr, 'List')?.['items']) : [];
    const texts = values.map((value) => (isConstant(value) ? toSql(value) : undefined));
    if (texts.length > 0 && texts.every((text) => text !== undefined))
      left.use.fixed.push({
        sql: `${left.term.sql} ${isOneOf ? '' : 'not '}in (${texts.join(', ')})`,
        term: undefined,
        literalColumn: left.term.column ?? '',
      });
    return;
  }
  if (kind === 'AEXPR_OP_ANY' && operator === '=') {
    const element = scope.toTerm(rexpr);
    // `$1 = any (tags)` looks into an array, `id = any ($1)` into a list.
    if (left !== undefined) left.use.lists.push(left.term);
    else if (element !== undefined) element.use.contained.push({ ...element.term, kind: 'containment' });
    return;
  }
  if (kind === 'AEXPR_BETWEEN' && left !== undefined) {
    left.use.ranges.push(left.term);
    return;
  }
  if ((kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') && left !== undefined) {
    readPattern(left, { rexpr, isExact: kind === 'AEXPR_LIKE' && operator === '~~' });
    return;
  }
  if (kind === 'AEXPR_OP' && operator !== undefined) readComparison({ operator, lexpr, rexpr }, scope);
}

function readPattern(
  { use, term }: { readonly use: RelationUse; readonly term: Term },
  { rexpr, isExact }: { readonly rexpr: unknown; readonly isExact: boolean },
): void {
  const constant = fieldsOf(rexpr, 'A_Const')?.['sval'];
  const pattern = isNode(constant) ? textOf(constant['sval']) : undefined;
  // The pattern of a parameter is unknown here: both kinds become candidates, and measuring tells.
  if (isExact && (pattern === undefined || !/^[%_]/.test(pattern))) use.prefixes.push(term);
  if (pattern === undefined || /[^%_]{3}/.test(pattern)) use.contained.push({ ...term, kind: 'trigram' });
}

function readComparison(
  { operator, lexpr, rexpr }: { readonly operator: string; readonly lexpr: unknown; readonly rexpr: unknown },
  scope: QueryScope,
): void {
  const [leftFirst, rightFirst] = [firstOfRow(lexpr), firstOfRow(rexpr)];
  const left = scope.toTerm(leftFirst);
  const right = scope.toTerm(rightFirst);
  if (left !== undefined && right !== undefined) {
    if (operator !== '=' || left.use === right.use) return;
    left.use.joins.push(left.term);
    right.use.joins.push(right.term);
    return;
  }
  const found = left ?? right;
  const value = left === undefined ? leftFirst : rightFirst;
  if (found === undefined || scope.usesBelow(value).size > 0) return;
  const { use, term } = found;
  const text = isConstant(value) ? toSql(value) : undefined;
  if (operator === '=') {
    use.equals.push(term);
    if (text !== undefined)
      use.fixed.push({ sql: `${term.sql} = ${text}`, term: term.sql, literalColumn: term.column ?? '' });
  } else if (operator === '<>') {
    if (text !== undefined)
      use.fixed.push({ sql: `${term.sql} <> ${text}`, term: undefined, literalColumn: term.column ?? '' });
  } else if (RANGE_OPERATORS.has(operator)) use.ranges.push(term);
  else if (operator === '@@') use.contained.push({ ...term, kind: 'search' });
  else if (TRIGRAM_OPERATORS.has(operator)) use.contained.push({ ...term, kind: 'trigram' });
  else if (CONTAINMENT_OPERATORS.has(operator) && (left !== undefined || MIRRORED.has(operator)))
    use.contained.push({ ...term, kind: 'containment' });
}

/** Of `(a, b) < ($1, $2)` the first of each side; anything else as it is. */
function firstOfRow(node: unknown): unknown {
  const row = fieldsOf(node, 'RowExpr');
  return row === undefined ? node : nodesOf(row['args'])[0];
}

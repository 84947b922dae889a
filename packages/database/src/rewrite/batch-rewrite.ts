import {
  createSqlParser,
  fieldsOf,
  isNode,
  namesOf,
  nodesOf,
  textOf,
  type SqlNode,
} from '../query-cache/sql-parser.ts';

/** One statement that answers for many values of one parameter. */
export interface BatchRewrite {
  /** The statement with `= any($n)` in place of `= $n`. */
  readonly text: string;
  /** Position of the parameter that becomes an array, from 0. */
  readonly parameter: number;
  /** Column of the result that says for which value a row is. */
  readonly keyColumn: string;
  /** Whether that column was added, and is to be left out of a comparison. */
  readonly isKeyAdded: boolean;
  /** It had `limit 1`: the same rows come only where the column is unique. */
  readonly needsUnique: boolean;
  /** Table and column of the condition, as they are written; the table is `undefined` where there are several. */
  readonly table: string | undefined;
  readonly column: string;
}

/** Rewrites statements that are sent once for each value. */
export interface BatchRewriter {
  /**
   * One rewrite for each parameter that could become an array; empty where none keeps the meaning: aggregates, functions,
   * groups, unions, locks, other limits, parameters that are used twice.
   */
  rewrite(text: string): Promise<readonly BatchRewrite[]>;
}

const ADDED_KEY = 'batch_key';
/** Any of these in a statement changes what one row of many stands for. */
const MEANS_MORE = [
  'distinctClause',
  'groupClause',
  'havingClause',
  'windowClause',
  'valuesLists',
  'withClause',
  'lockingClause',
  'intoClause',
  'limitOffset',
  'larg',
] as const;

/** Creates a rewriter; the parser is loaded with the first statement. */
export function createBatchRewriter(): BatchRewriter {
  const parser = createSqlParser();
  return {
    async rewrite(text) {
      const statements = await parser.parse(text).catch(() => []);
      const select = statements.length === 1 ? fieldsOf(statements[0], 'SelectStmt') : undefined;
      if (select === undefined || MEANS_MORE.some((part) => select[part] !== undefined)) return [];
      const targets = nodesOf(select['targetList']);
      if (countOf(targets, 'FuncCall') + countOf(targets, 'SubLink') > 0) return [];
      const limit = limitOf(select, text);
      if (limit === undefined) return [];
      return conjunctsOf(select['whereClause']).flatMap((conjunct) => {
        const rewritten = rewriteAt({ text, select, targets, limit }, conjunct);
        return rewritten === undefined ? [] : [rewritten];
      });
    },
  };
}

interface Parsed {
  readonly text: string;
  readonly select: SqlNode;
  readonly targets: readonly unknown[];
  /** Where `limit 1` stands; -1 for none. */
  readonly limit: number;
}

function rewriteAt({ text, select, targets, limit }: Parsed, conjunct: unknown): BatchRewrite | undefined {
  const expression = fieldsOf(conjunct, 'A_Expr');
  if (expression?.['kind'] !== 'AEXPR_OP' || namesOf(expression['name'])?.join('.') !== '=') return undefined;
  const columnNode = fieldsOf(expression['lexpr'], 'ColumnRef');
  const path = namesOf(columnNode?.['fields']);
  const column = path?.at(-1);
  const param = fieldsOf(expression['rexpr'], 'ParamRef') ?? fieldsOf(castOf(expression['rexpr'])?.['arg'], 'ParamRef');
  const number = param?.['number'];
  if (path === undefined || column === undefined || typeof number !== 'number') return undefined;
  if (paramsOf(select, number) !== 1) return undefined;

  const at = toIndex(text, param?.['location']);
  const [written = '', type] = /^\$\d+(?:\s*::\s*("?[\w.]+"?(?:\(\d+(?:,\d+)?\))?))?/.exec(text.slice(at)) ?? [];
  const array = type === undefined ? `any($${number})` : `any($${number}::${type}[])`;
  const firstTarget = toIndex(text, fieldsOf(targets[0], 'ResTarget')?.['location']);
  const keyColumn = shownAs(targets, path, nodesOf(select['fromClause']));
  const columnText = path.map((name) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name}"`)).join('.');
  const table = tableOf(select);
  const key = keyColumn === undefined ? `${columnText} as ${ADDED_KEY}, ` : '';
  const head = text.slice(0, firstTarget) + key + text.slice(firstTarget, at);
  const tail = text.slice(at + written.length, limit === -1 ? undefined : limit);
  return {
    text: `${head}${array}${tail}`.trim(),
    parameter: number - 1,
    keyColumn: keyColumn ?? ADDED_KEY,
    isKeyAdded: keyColumn === undefined,
    needsUnique: limit !== -1,
    table,
    column,
  };
}

/** Terms that must all hold. */
function conjunctsOf(where: unknown): readonly unknown[] {
  const all = fieldsOf(where, 'BoolExpr');
  return all?.['boolop'] === 'AND_EXPR' ? nodesOf(all['args']) : [where];
}

function castOf(node: unknown): SqlNode | undefined {
  return fieldsOf(node, 'TypeCast');
}

/** Where `limit 1` begins; -1 without a limit, `undefined` with another one or something after it. */
function limitOf(select: SqlNode, text: string): number | undefined {
  if (select['limitCount'] === undefined) return -1;
  const found = /\s+limit\s+1\s*;?\s*$/i.exec(text);
  return select['sortClause'] === undefined ? found?.index : undefined;
}

/** The name under which the result shows the column, if it does. */
function shownAs(targets: readonly unknown[], path: readonly string[], from: readonly unknown[]): string | undefined {
  const column = path.at(-1);
  for (const target of targets) {
    const { name, val } = fieldsOf(target, 'ResTarget') ?? {};
    const fields = nodesOf(fieldsOf(val, 'ColumnRef')?.['fields']);
    const isStar = fields.some((field) => fieldsOf(field, 'A_Star') !== undefined);
    // With several tables a star may bring two columns of that name.
    if (isStar && fields.length === 1 && from.length === 1 && fieldsOf(from[0], 'RangeVar') !== undefined)
      return column;
    const names = namesOf(fields);
    if (names !== undefined && names.join('.') === path.join('.')) return textOf(name) ?? column;
  }
  return undefined;
}

function tableOf(select: SqlNode): string | undefined {
  const from = nodesOf(select['fromClause']);
  const range = from.length === 1 ? fieldsOf(from[0], 'RangeVar') : undefined;
  const name = textOf(range?.['relname']);
  if (name === undefined) return undefined;
  const schema = textOf(range?.['schemaname']);
  return [schema, name].flatMap((part) => (part === undefined ? [] : [`"${part.replaceAll('"', '""')}"`])).join('.');
}

function paramsOf(node: unknown, number: number): number {
  return countBelow(node, (one) => fieldsOf(one, 'ParamRef')?.['number'] === number);
}

function countOf(node: unknown, type: string): number {
  return countBelow(node, (one) => fieldsOf(one, type) !== undefined);
}

function countBelow(node: unknown, isCounted: (node: unknown) => boolean): number {
  if (Array.isArray(node)) return node.reduce<number>((sum, one) => sum + countBelow(one, isCounted), 0);
  if (!isNode(node)) return 0;
  const below = Object.values(node).reduce<number>((sum, one) => sum + countBelow(one, isCounted), 0);
  return below + (isCounted(node) ? 1 : 0);
}

/** The parser counts bytes; 0 is left out. */
function toIndex(text: string, location: unknown): number {
  const bytes = typeof location === 'number' ? location : 0;
  return Buffer.from(text).subarray(0, bytes).toString().length;
}

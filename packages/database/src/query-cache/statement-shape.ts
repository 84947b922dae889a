import { toReadShape, type FunctionReference, type ReadShape } from './read-shape.ts';
import { Refusal, type RefusalCode } from './refusal.ts';
import { fieldsOf, isNode, namesOf, nodesOf, textOf, type SqlNode } from './sql-parser.ts';
import { pinsOf, type Pin } from './pins.ts';

/** What a text is, as far as its parse tree tells. */
export type StatementShape =
  | ({ readonly kind: 'read' } & ReadShape)
  | RefusedShape
  | WriteShape
  /** Neither reads nor writes rows: BEGIN, SET, CREATE INDEX … `mayWrite` where that is not certain. */
  | { readonly kind: 'other'; readonly mayWrite: boolean; readonly changesSchema: boolean };

/** A SELECT that is not cached. */
export interface RefusedShape {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly reason: string;
  /** Functions that it calls; a volatile one may write. `undefined` when it writes for certain. */
  readonly functions: readonly FunctionReference[] | undefined;
}

/** One INSERT, UPDATE, DELETE or MERGE. */
export interface WriteShape {
  readonly kind: 'write';
  readonly schema: string | undefined;
  readonly name: string;
  /** What narrows the written rows to known keys. Empty when rows get new keys. */
  readonly pins: readonly Pin[];
  /** Columns that the statement sets. */
  readonly columns: ReadonlySet<string>;
  readonly functions: readonly FunctionReference[];
  /** Whether it names other tables or views than the one it writes. */
  readonly readsOthers: boolean;
}

const WRITES = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);
/** Statements that change no row of a table. */
const HARMLESS = new Set([
  'TransactionStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'ListenStmt',
  'UnlistenStmt',
  'NotifyStmt',
  'DeallocateStmt',
  'ClosePortalStmt',
  'DiscardStmt',
  'LockStmt',
  'CheckPointStmt',
  'VacuumStmt',
  'ReindexStmt',
  'IndexStmt',
]);
const SCHEMA_SAFE = new Set([...HARMLESS, 'CopyStmt', 'TruncateStmt', 'ExplainStmt', 'FetchStmt']);

/** Reads the statements of one text. */
export function toStatementShape(statements: readonly SqlNode[]): StatementShape {
  const [statement] = statements;
  if (statement === undefined || statements.length !== 1)
    return { kind: 'other', mayWrite: statements.length > 0, changesSchema: statements.length > 0 };
  const [type = ''] = Object.keys(statement);
  const body = statement[type];
  if (!isNode(body)) return { kind: 'other', mayWrite: true, changesSchema: true };
  if (type === 'SelectStmt') return toSelectShape(body);
  if (WRITES.has(type)) return toWriteShape(type, body);
  return { kind: 'other', mayWrite: !HARMLESS.has(type), changesSchema: !SCHEMA_SAFE.has(type) };
}

function toSelectShape(body: SqlNode): StatementShape {
  try {
    return { kind: 'read', ...toReadShape(body) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const writes = error.code === 'writes';
    return {
      kind: 'refused',
      code: error.code,
      reason: error.message,
      functions: writes ? undefined : functionsBelow(body),
    };
  }
}

function toWriteShape(type: string, body: SqlNode): StatementShape {
  const relation = isNode(body['relation']) ? body['relation'] : {};
  const name = textOf(relation['relname']);
  const withClause = isNode(body['withClause']) ? body['withClause'] : {};
  const modifies = nodesOf(withClause['ctes']).some((cte) => {
    const query = fieldsOf(cte, 'CommonTableExpr')?.['ctequery'];
    return !isNode(query) || !('SelectStmt' in query);
  });
  if (name === undefined || modifies) return { kind: 'other', mayWrite: true, changesSchema: false };
  const columns = new Set(
    nodesOf(body['targetList']).map((target) => textOf(fieldsOf(target, 'ResTarget')?.['name']) ?? ''),
  );
  const narrowed = (type === 'UpdateStmt' && body['fromClause'] === undefined) || type === 'DeleteStmt';
  const alias = isNode(relation['alias']) ? textOf(relation['alias']['aliasname']) : undefined;
  return {
    kind: 'write',
    schema: textOf(relation['schemaname']),
    name,
    pins: narrowed
      ? pinsOf(body['whereClause'], { qualifier: alias ?? name, alone: body['usingClause'] === undefined })
      : [],
    columns,
    functions: functionsBelow(body),
    // The written table itself is no node of its own in the tree.
    readsOthers: hasBelow(body, 'RangeVar'),
  };
}

function hasBelow(node: unknown, type: string): boolean {
  if (Array.isArray(node)) return node.some((item) => hasBelow(item, type));
  return isNode(node) && (type in node || Object.values(node).some((value) => hasBelow(value, type)));
}

/** Every function called anywhere below `node`. */
function functionsBelow(node: unknown): FunctionReference[] {
  if (Array.isArray(node)) return node.flatMap((item) => functionsBelow(item));
  if (!isNode(node)) return [];
  const call = fieldsOf(node, 'FuncCall');
  const names = namesOf(call?.['funcname']);
  const here =
    names === undefined || call === undefined
      ? []
      : [{ schema: names.at(-2), name: names.at(-1) ?? '', argumentCount: nodesOf(call['args']).length }];
  return [...here, ...Object.values(node).flatMap((value) => functionsBelow(value))];
}

import { pinsOf, type Pin } from './pins.ts';
import { Refusal } from './refusal.ts';
import { fieldsOf, isNode, namesOf, nodesOf, textOf, type SqlNode } from './sql-parser.ts';

/** A table or view that a SELECT names. */
export interface RelationReference {
  readonly schema: string | undefined;
  readonly name: string;
  /** What narrows the rows of it that can matter. */
  readonly pins: readonly Pin[];
}

/** A function that is called. */
export interface FunctionReference {
  readonly schema: string | undefined;
  readonly name: string;
  readonly argumentCount: number;
}

/** Everything that a SELECT names, subqueries included, CTEs resolved. */
export interface ReadShape {
  readonly relations: readonly RelationReference[];
  readonly functions: readonly FunctionReference[];
  readonly operators: readonly string[];
  /** Types that something is cast to, as written. */
  readonly types: readonly { readonly schema: string | undefined; readonly name: string }[];
  /** Settings read with a literal name. */
  readonly settings: readonly string[];
  /** Whether current_user or session_user is asked for: fixed for a database, unlike the other session values. */
  readonly readsUser: boolean;
  /** How often each parameter is used. */
  readonly parameterUses: ReadonlyMap<number, number>;
}

/**
 * Node types whose meaning the walk below covers, either by their children or by a rule of their own. Anything else is
 * refused, so that syntax of a later PostgreSQL is never misread.
 */
const KNOWN = new Set([
  'A_ArrayExpr',
  'A_Expr',
  'A_Indices',
  'A_Indirection',
  'A_Star',
  'Alias',
  'BitString',
  'BoolExpr',
  'Boolean',
  'BooleanTest',
  'CaseExpr',
  'CaseWhen',
  'CoalesceExpr',
  'CollateClause',
  'Float',
  'GroupingFunc',
  'GroupingSet',
  'Integer',
  'JoinExpr',
  'List',
  'MinMaxExpr',
  'NamedArgExpr',
  'NullTest',
  'RangeFunction',
  'RangeSubselect',
  'ResTarget',
  'RowExpr',
  'SortBy',
  'String',
  'SubLink',
  'TypeCast',
  'WindowDef',
]);
/** Fields that hold an object of fields without its type's name around it, and carry no meaning for caching. */
const PLAIN_FIELDS = new Set(['alias', 'over', 'search_clause', 'cycle_clause']);
const SYSTEM_COLUMNS = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax']);
/** PostgreSQL 18 documentation, 8.5.1.4: special date and time inputs that are read at the moment of the statement. */
export const TIME_WORDS: RegExp = /\b(?:now|today|tomorrow|yesterday)\b/i;
const USER_VALUES = new Set(['SVFOP_CURRENT_USER', 'SVFOP_CURRENT_ROLE', 'SVFOP_USER', 'SVFOP_SESSION_USER']);

/**
 * Reads one SELECT.
 * @throws Refusal for what is never cached, whatever the tables.
 */
export function toReadShape(select: SqlNode): ReadShape {
  const relations: RelationReference[] = [];
  const functions: FunctionReference[] = [];
  const operators = new Set<string>();
  const types: { schema: string | undefined; name: string }[] = [];
  const settings: string[] = [];
  const parameterUses = new Map<number, number>();
  let readsUser = false;

  const visitSelect = (body: SqlNode, outer: ReadonlySet<string>): void => {
    if (body['intoClause'] !== undefined) throw new Refusal('writes', 'SELECT INTO');
    if (body['lockingClause'] !== undefined) throw new Refusal('row-locks');
    const scope = visitWith(body['withClause'], outer);
    const levelRelations = fromItemsOf(body['fromClause']);
    const alone = levelRelations.length === 1;
    for (const item of levelRelations) {
      const range = fieldsOf(item, 'RangeVar');
      if (range === undefined) continue;
      const name = textOf(range['relname']) ?? '';
      const schema = textOf(range['schemaname']);
      if (range['catalogname'] !== undefined) throw new Refusal('unsupported-syntax', 'a catalogue name');
      if (schema === undefined && scope.has(name)) continue;
      const alias = isNode(range['alias']) ? textOf(range['alias']['aliasname']) : undefined;
      const renames = isNode(range['alias']) && range['alias']['colnames'] !== undefined;
      const pins = renames ? [] : pinsOf(body['whereClause'], { qualifier: alias ?? name, alone });
      relations.push({ schema, name, pins });
    }
    for (const [field, value] of Object.entries(body)) {
      if (field === 'withClause') continue;
      if (field === 'larg' || field === 'rarg') visitSelect(isNode(value) ? value : {}, scope);
      else visit(value, scope);
    }
  };

  const visitWith = (clause: unknown, outer: ReadonlySet<string>): ReadonlySet<string> => {
    if (!isNode(clause)) return outer;
    const tables = nodesOf(clause['ctes']).map((item) => fieldsOf(item, 'CommonTableExpr') ?? {});
    const names = tables.map((table) => textOf(table['ctename']) ?? '');
    // Only WITH RECURSIVE lets a query name itself or a later one: before that the name is a table's.
    const scope = new Set(clause['recursive'] === true ? [...outer, ...names] : outer);
    tables.forEach((table, index) => {
      const query = fieldsOf(table['ctequery'], 'SelectStmt');
      if (query === undefined) throw new Refusal('writes', 'a data-modifying WITH');
      visitSelect(query, new Set(scope));
      scope.add(names[index] ?? '');
    });
    return scope;
  };

  const visit = (value: unknown, scope: ReadonlySet<string>): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, scope);
    } else if (isNode(value)) {
      for (const [type, body] of Object.entries(value)) visitNode(type, isNode(body) ? body : {}, scope);
    }
  };

  const visitNode = (type: string, body: SqlNode, scope: ReadonlySet<string>): void => {
    const rule = rules[type];
    if (rule !== undefined) rule(body, scope);
    else if (KNOWN.has(type)) visitFields(body, scope);
    else throw new Refusal('unsupported-syntax', type);
  };

  const visitFields = (body: SqlNode, scope: ReadonlySet<string>): void => {
    for (const [field, value] of Object.entries(body)) {
      if (field === 'typeName') visitNode('TypeName', isNode(value) ? value : {}, scope);
      else if (PLAIN_FIELDS.has(field)) visitFields(isNode(value) ? value : {}, scope);
      else visit(value, scope);
    }
  };

  const rules: Readonly<Record<string, (body: SqlNode, scope: ReadonlySet<string>) => void>> = {
    SelectStmt: visitSelect,
    /** Handled with its level. */
    RangeVar: () => undefined,
    RangeTableSample: () => {
      throw new Refusal('sample');
    },
    SQLValueFunction(body) {
      if (!USER_VALUES.has(textOf(body['op']) ?? '')) throw new Refusal('time-or-session-value');
      readsUser = true;
    },
    ColumnRef(body) {
      const name = fieldsOf(nodesOf(body['fields']).at(-1), 'String')?.['sval'];
      if (typeof name === 'string' && SYSTEM_COLUMNS.has(name)) throw new Refusal('system-column', name);
    },
    ParamRef(body) {
      const number = Number(body['number'] ?? 0);
      parameterUses.set(number, (parameterUses.get(number) ?? 0) + 1);
    },
    A_Const(body) {
      const text = isNode(body['sval']) ? body['sval']['sval'] : undefined;
      if (typeof text === 'string' && TIME_WORDS.test(text)) throw new Refusal('time-word');
    },
    TypeName(body) {
      const names = namesOf(body['names']);
      if (names !== undefined) types.push({ schema: names.at(-2), name: names.at(-1) ?? '' });
      if (body['typmods'] !== undefined) visit(body['typmods'], new Set());
    },
    FuncCall(body, scope) {
      const names = namesOf(body['funcname']) ?? [];
      const name = names.at(-1) ?? '';
      const parts = nodesOf(body['args']);
      if (name === 'current_setting') {
        const [first] = parts;
        const inner = fieldsOf(first, 'TypeCast')?.['arg'] ?? first;
        const literal = fieldsOf(inner, 'A_Const')?.['sval'];
        const setting = isNode(literal) ? textOf(literal['sval']) : undefined;
        if (setting === undefined) throw new Refusal('session-setting', 'a computed name');
        settings.push(setting);
      } else {
        functions.push({ schema: names.at(-2), name, argumentCount: parts.length });
      }
      visitFields({ ...body, funcname: undefined }, scope);
    },
    A_Expr(body, scope) {
      const name = namesOf(body['name'])?.at(-1);
      if (name !== undefined) operators.add(name);
      visitFields(body, scope);
    },
  };

  visitSelect(select, new Set());
  return { relations, functions, operators: [...operators], types, settings, readsUser, parameterUses };
}

/** The items of one level's FROM, joins taken apart. */
function fromItemsOf(value: unknown): readonly unknown[] {
  return nodesOf(value).flatMap((item) => {
    const join = fieldsOf(item, 'JoinExpr');
    return join === undefined ? [item] : fromItemsOf([join['larg'], join['rarg']]);
  });
}

import { fieldsOf, isNode, namesOf, nodesOf, textOf, type SqlNode } from './sql-parser.ts';

/** Where a pinned key comes from: a parameter, by its number, a literal in the text, or a setting of the read. */
export type PinSource =
  | { readonly parameter: number; readonly type: string | undefined; readonly isList: boolean }
  | { readonly literal: string; readonly type: string | undefined }
  | {
      readonly setting: string;
      readonly type: string | undefined;
      /** Whether an empty setting stands for no value, which no row has. */
      readonly emptyIsNull: boolean;
    };

/** `column = source`: only rows with one of these keys can matter. */
export interface Pin {
  readonly column: string;
  readonly sources: readonly PinSource[];
}

/** Most keys that one comparison may pin. */
const MOST_SOURCES = 64;

/**
 * The conditions that every row must meet and that compare a column of one relation with known values.
 * @param where The WHERE clause of the level on which the relation stands.
 */
export function pinsOf(
  where: unknown,
  relation: {
    readonly qualifier: string;
    /** Whether it is the only one on its level, so that bare column names are its own. */
    readonly alone: boolean;
  },
): Pin[] {
  return conjunctsOf(where).flatMap((condition) => {
    const comparison = fieldsOf(condition, 'A_Expr');
    if (comparison === undefined) return [];
    const operator = namesOf(comparison['name']);
    if (operator?.length !== 1 || operator[0] !== '=') return [];
    const pin = toPin(comparison, relation);
    return pin === undefined ? [] : [pin];
  });
}

function toPin(
  comparison: SqlNode,
  relation: { readonly qualifier: string; readonly alone: boolean },
): Pin | undefined {
  const { kind, lexpr, rexpr } = comparison;
  const column = columnOf(lexpr, relation);
  if (kind === 'AEXPR_OP') {
    const flipped = column ?? columnOf(rexpr, relation);
    const source = toSource(column === undefined ? lexpr : rexpr);
    return flipped === undefined || source === undefined ? undefined : { column: flipped, sources: [source] };
  }
  if (column === undefined) return undefined;
  if (kind === 'AEXPR_IN') {
    const items = nodesOf(fieldsOf(rexpr, 'List')?.['items']);
    const sources = items.map(toSource).filter((source) => source !== undefined);
    return items.length === 0 || sources.length < items.length || items.length > MOST_SOURCES
      ? undefined
      : { column, sources };
  }
  if (kind === 'AEXPR_OP_ANY') {
    const cast = fieldsOf(rexpr, 'TypeCast');
    const parameter = fieldsOf(cast?.['arg'] ?? rexpr, 'ParamRef')?.['number'];
    if (typeof parameter !== 'number') return undefined;
    return { column, sources: [{ parameter, type: cast && typeNameOf(cast['typeName']), isList: true }] };
  }
  return undefined;
}

function conjunctsOf(where: unknown): readonly unknown[] {
  const expression = fieldsOf(where, 'BoolExpr');
  if (expression === undefined) return where === undefined ? [] : [where];
  return expression['boolop'] === 'AND_EXPR' ? nodesOf(expression['args']).flatMap(conjunctsOf) : [];
}

function columnOf(
  node: unknown,
  { qualifier, alone }: { readonly qualifier: string; readonly alone: boolean },
): string | undefined {
  const names = namesOf(fieldsOf(node, 'ColumnRef')?.['fields']);
  if (names === undefined) return undefined;
  if (names.length === 1) return alone ? names[0] : undefined;
  return names.length === 2 && names[0] === qualifier ? names[1] : undefined;
}

function toSource(node: unknown): PinSource | undefined {
  const cast = fieldsOf(node, 'TypeCast');
  const type = cast === undefined ? undefined : (typeNameOf(cast['typeName']) ?? '');
  const inner = cast === undefined ? node : cast['arg'];
  const parameter = fieldsOf(inner, 'ParamRef')?.['number'];
  if (typeof parameter === 'number') return { parameter, type, isList: false };
  const setting = toSetting(inner);
  if (setting !== undefined) return { ...setting, type };
  const once = soleTargetOf(node);
  if (once !== undefined) {
    // Not other values: their type may be another one than that of the column, as a bare literal of a sub-select is a text.
    const source = toSource(once);
    return source !== undefined && 'setting' in source ? source : undefined;
  }
  const constant = fieldsOf(inner, 'A_Const');
  if (constant === undefined) return undefined;
  const { ival, sval } = constant;
  // The parser leaves the number out where it is 0.
  if (isNode(ival)) return { literal: String(Number(ival['ival'] ?? 0)), type };
  return isNode(sval) ? { literal: textOf(sval['sval']) ?? '', type } : undefined;
}

/** The one value of a sub-select that reads from nothing: policies have it so that it is computed once for all rows. */
function soleTargetOf(node: unknown): unknown {
  const link = fieldsOf(node, 'SubLink');
  const select = link?.['subLinkType'] === 'EXPR_SUBLINK' ? fieldsOf(link['subselect'], 'SelectStmt') : undefined;
  const targets = nodesOf(select?.['targetList']);
  if (select === undefined || targets.length !== 1) return undefined;
  const isBare = Object.entries(select).every(
    ([part, value]) => part === 'targetList' || part === 'limitOption' || (part === 'op' && value === 'SETOP_NONE'),
  );
  return isBare ? fieldsOf(targets[0], 'ResTarget')?.['val'] : undefined;
}

/** `current_setting('name', …)`, or `nullif` of it and an empty text. */
function toSetting(node: unknown): { readonly setting: string; readonly emptyIsNull: boolean } | undefined {
  const nullif = fieldsOf(node, 'A_Expr');
  if (nullif !== undefined) {
    if (nullif['kind'] !== 'AEXPR_NULLIF' || literalOf(nullif['rexpr']) !== '') return undefined;
    const inner = toSetting(nullif['lexpr']);
    return inner && { ...inner, emptyIsNull: true };
  }
  const call = fieldsOf(node, 'FuncCall');
  const names = namesOf(call?.['funcname']);
  if (names?.at(-1) !== 'current_setting' || (names.length > 1 && names[0] !== 'pg_catalog')) return undefined;
  const setting = literalOf(nodesOf(call?.['args'])[0]);
  return setting === undefined ? undefined : { setting, emptyIsNull: false };
}

/** A text constant, with or without the cast that PostgreSQL prints. */
function literalOf(node: unknown): string | undefined {
  const cast = fieldsOf(node, 'TypeCast');
  if (cast !== undefined) return typeNameOf(cast['typeName']) === 'text' ? literalOf(cast['arg']) : undefined;
  const value = fieldsOf(node, 'A_Const')?.['sval'];
  return isNode(value) ? (textOf(value['sval']) ?? '') : undefined;
}

function typeNameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  const modifiers = nodesOf(node['typmods']).length;
  return modifiers === 0 ? namesOf(node['names'])?.at(-1) : undefined;
}

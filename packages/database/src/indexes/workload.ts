import { createSqlParser, type SqlNode } from '../query-cache/sql-parser.ts';
import { toStatementKind } from '../statement-kind.ts';
import type { LiteralSample } from '../statements/literal-samples.ts';
import type { StatementStatistics } from '../statements/statement-statistics.ts';
import type { Catalogue, TableFacts } from './catalogue.ts';
import type { FindTable } from './query-scope.ts';
import type { RelationUse } from './relation-use.ts';
import { readStatementUses, type WrittenTable } from './statement-uses.ts';

/** A statement of the workload that can be looked into. */
export interface WorkloadStatement {
  readonly fingerprint: string;
  readonly statement: string;
  readonly count: number;
  readonly rowCount: number;
  /** Observed, of executions that reached the server. */
  readonly meanMs: number;
  /** The same in the median, and of the fastest tenth the slowest. */
  readonly medianMs: number;
  readonly p10Ms: number;
  readonly uses: readonly RelationUse[];
  readonly tables: readonly TableFacts[];
  readonly written: (WrittenTable & { readonly table: TableFacts }) | undefined;
  readonly samples: readonly LiteralSample[];
  /** Whether it may be executed on a copy; else only the planner is asked. */
  readonly isExecutable: boolean;
  /** Whether it runs in a read-only transaction. */
  readonly isRead: boolean;
}

/** What was seen, and what of it cannot be looked into. */
export interface Workload {
  readonly statements: readonly WorkloadStatement[];
  readonly skipped: readonly { readonly statement: string; readonly reason: string }[];
}

/** Statistics that a workload is taken from. */
export type WorkloadSource = Pick<StatementStatistics, 'top' | 'sampler'>;

const SAMPLES_PER_STATEMENT = 5;
const EXPLAINABLE = /^\s*(?:\(|select|with|insert|update|delete|merge|values|table)\b|^\s*\(/i;

/** Reads the costliest statements that have samples. @param limit How many. */
export async function readWorkload(source: WorkloadSource, catalogue: Catalogue, limit: number): Promise<Workload> {
  const parser = createSqlParser();
  const statements: WorkloadStatement[] = [];
  const skipped: { statement: string; reason: string }[] = [];
  const findTable = toFindTable(catalogue);
  for (const figures of source.top({ by: 'total', limit })) {
    const { fingerprint, statement } = figures;
    if (!EXPLAINABLE.test(statement)) continue;
    const samples = source.sampler.samplesOf(fingerprint).slice(0, SAMPLES_PER_STATEMENT);
    const [first] = samples;
    if (first === undefined) {
      skipped.push({ statement, reason: 'no execution with its values is remembered' });
      continue;
    }
    try {
      const texts = [...new Set(samples.map(({ text }) => text))];
      const trees = await Promise.all(texts.map((text) => parser.parse(text)));
      const [tree] = trees;
      if (tree === undefined || tree.length !== 1 || tree[0] === undefined)
        throw new Error('several commands in one text');
      const { uses, written } = readStatementUses(tree[0], findTable);
      const others = trees.slice(1).flatMap((nodes) => nodes.map((node) => readStatementUses(node, findTable).uses));
      const table = written === undefined ? undefined : findTable(written.schema, written.name);
      const tables = [...new Set([...uses.map((use) => use.table), ...(table === undefined ? [] : [table])])];
      if (tables.length === 0) continue;
      const isRead = toStatementKind(first.text) === 'read';
      statements.push({
        fingerprint,
        statement,
        count: figures.servedCount,
        rowCount: figures.rowCount,
        meanMs: figures.servedMeanMs,
        medianMs: figures.servedMedianMs,
        p10Ms: figures.servedP10Ms,
        uses: uses.map((use, place) =>
          keepCommon(
            use,
            others.map((list) => list[place]),
          ),
        ),
        tables,
        written: written === undefined || table === undefined ? undefined : { ...written, table },
        samples,
        isExecutable:
          written?.action !== 'insert' &&
          (isRead || written !== undefined) &&
          !callsVolatile(tree[0], catalogue.volatileFunctions),
        isRead,
      });
    } catch (error) {
      skipped.push({ statement, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { statements, skipped };
}

/** A bare name means the visible table; of hidden ones only a name with its schema finds one. */
function toFindTable({ tables }: Catalogue): FindTable {
  const visible = new Map(tables.filter(({ isVisible }) => isVisible).map((table) => [table.name, table]));
  const qualified = new Map(tables.map((table) => [`${table.schema}.${table.name}`, table]));
  return (schema, name) => (schema === undefined ? visible.get(name) : qualified.get(`${schema}.${name}`));
}

/** A literal that differs from text to text is a parameter in disguise, and no predicate. */
function keepCommon(use: RelationUse, others: readonly (RelationUse | undefined)[]): RelationUse {
  const fixed = use.fixed.filter(({ sql }) =>
    others.every((other) => other?.fixed.some((condition) => condition.sql === sql) === true),
  );
  return { ...use, fixed };
}

/** A call that might do more than read, wherever it stands; `nextval` and the like never run for a proof. */
function callsVolatile(node: unknown, volatileFunctions: ReadonlySet<string>): boolean {
  if (Array.isArray(node)) return node.some((item) => callsVolatile(item, volatileFunctions));
  if (typeof node !== 'object' || node === null) return false;
  const { FuncCall: call } = node as SqlNode;
  const names = (call as { funcname?: readonly { String?: { sval?: string } }[] } | undefined)?.funcname;
  const name = names?.at(-1)?.String?.sval;
  if (name !== undefined && volatileFunctions.has(name) && !HARMLESS.has(name)) return true;
  return Object.values(node).some((value) => callsVolatile(value, volatileFunctions));
}

/** Volatile in name only. */
const HARMLESS = new Set([
  'random',
  'clock_timestamp',
  'gen_random_uuid',
  'timeofday',
  'uuidv4',
  'uuidv7',
  'random_normal',
]);

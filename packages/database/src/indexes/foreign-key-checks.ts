import type { Queryable } from '../queryable.ts';
import { nameOf, quoteName, type Catalogue, type TableFacts } from './catalogue.ts';
import { toRelationUse } from './relation-use.ts';
import type { WorkloadStatement } from './workload.ts';

const SAMPLES = 3;

/**
 * What deletes in a parent table make the server ask of its children: these reads appear in no statement, and are as
 * slow as the child is large where no index leads with the foreign key.
 */
export async function readForeignKeyChecks(
  sql: Queryable,
  catalogue: Catalogue,
  statements: readonly WorkloadStatement[],
): Promise<readonly WorkloadStatement[]> {
  const checks: WorkloadStatement[] = [];
  for (const child of catalogue.tables) {
    for (const { columns, parent, parentColumns } of child.foreignKeys) {
      const parentTable = catalogue.tables.find(
        (table) => parent === nameOf(table) || (table.isVisible && parent === quoteName(table.name)),
      );
      const deletes = statements.filter(({ written }) => written?.action === 'delete' && written.table === parentTable);
      const count = deletes.reduce((sum, { rowCount }) => sum + rowCount, 0);
      if (parentTable === undefined || count === 0) continue;
      checks.push(await toCheck(sql, { child, parent: parentTable, columns, parentColumns, count }));
    }
  }
  return checks;
}

interface ForeignKeyCheck {
  readonly child: TableFacts;
  readonly parent: TableFacts;
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
  readonly count: number;
}

async function toCheck(
  sql: Queryable,
  { child, parent, columns, parentColumns, count }: ForeignKeyCheck,
): Promise<WorkloadStatement> {
  const conditions = columns.map((column, place) => `${quoteName(column)} = $${place + 1}`);
  const text = `select 1 from only ${nameOf(child)} x where ${conditions.join(' and ')}`;
  const keys = parentColumns.map(quoteName).join(', ');
  const { rows } = await sql.query(`select ${keys} from ${nameOf(parent)} limit ${SAMPLES}`);
  const use = toRelationUse(child);
  use.equals.push(...columns.map((column) => ({ sql: quoteName(column), column })));
  return {
    fingerprint: `foreign-key:${nameOf(child)}(${columns.join(',')})`,
    statement: `delete in ${nameOf(parent)}: look for rows of ${nameOf(child)} by ${columns.join(', ')}`,
    count,
    rowCount: 0,
    meanMs: 0,
    medianMs: 0,
    p10Ms: 0,
    uses: [use],
    tables: [child],
    written: undefined,
    samples: rows.map((row) => ({ text, values: Object.values(row) })),
    isExecutable: true,
    isRead: true,
  };
}

import type { FindingCategory, Severity } from '@dataguardian/scanner';
import type { SqlRunner } from '../scans/sql-runner.ts';
import { emptyRiskInput, isNationalId, type RiskInput } from './risk-score.ts';

interface RiskRow {
  readonly severities: Record<Severity, number> | null;
  readonly types: readonly { readonly type: string; readonly category: FindingCategory; readonly n: number }[] | null;
  readonly items: number;
  readonly linked: number;
}

/** Counts what the risk score needs over the open and confirmed findings of some scans, as `createReportBuilder` does. */
export async function readRiskInput(sql: SqlRunner, scanIds: readonly string[]): Promise<RiskInput> {
  const { rows } = await sql.query<RiskRow>(
    `with active as (
       select type, category, severity, fingerprint, item, scan_id from findings
       where scan_id = any($1) and status in ('open', 'confirmed')
     )
     select
       (select jsonb_object_agg((array['', 'low', 'medium', 'high', 'critical'])[severity + 1], n)
        from (select severity, count(distinct fingerprint)::int as n from active group by 1) x) as severities,
       (select jsonb_agg(jsonb_build_object('type', type, 'category', category, 'n', n))
        from (select type, min(category) as category, count(distinct fingerprint)::int as n from active group by 1) x) as types,
       (select count(*)::int from (select from active group by scan_id, item) x) as items,
       (select count(*)::int from (
          select from active group by scan_id, item
          having bool_or(category in ('identifier', 'contact')) and count(distinct category) > 1) x) as linked`,
    [scanIds],
  );
  const row = rows[0];
  if (row === undefined) return emptyRiskInput;
  const categories = { ...emptyRiskInput.categories };
  let nationalIds = 0;
  for (const { type, category, n } of row.types ?? []) {
    categories[category] += n;
    if (isNationalId(type)) nationalIds += n;
  }
  return {
    values: { ...emptyRiskInput.values, ...row.severities },
    categories,
    nationalIds,
    items: row.items,
    linkedItems: row.linked,
  };
}

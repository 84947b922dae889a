import type { FindingCategory, Severity } from '@dataguardian/scanner';
import { fromSeverityRank } from '../findings/finding.ts';
import { type RiskScore, scoreRisk } from '../reports/risk-score.ts';
import { readRiskInput } from '../reports/risk-repository.ts';
import { listScans } from '../scans/repository.ts';
import type { Scan } from '../scans/scan.ts';
import type { SqlRunner } from '../scans/sql-runner.ts';

/** Risk at a glance, over what the reader may see. */
export interface Overview {
  /** Over the latest completed scan of each source. */
  readonly risk: RiskScore;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly categories: readonly { readonly category: FindingCategory; readonly count: number }[];
  readonly trend: readonly { readonly at: string; readonly count: number; readonly riskScore: number }[];
  readonly recentScans: readonly Scan[];
  readonly totals: { readonly scans: number; readonly activeScans: number; readonly openFindings: number };
}

const TREND_POINTS = 60;
const RECENT = 5;

/** Reads the overview of what the transaction may see. @param scoreOf Scores some scans together. */
export async function readOverview(
  sql: SqlRunner,
  scoreOf: (scanIds: readonly string[]) => Promise<RiskScore> = async (scanIds) =>
    scoreRisk(await readRiskInput(sql, scanIds)),
): Promise<Overview> {
  // A source that was scanned ten times is one risk, not ten.
  const { rows: latest } = await sql.query<{ id: string }>(
    `select distinct on (source_kind, case when source_kind = 'upload' then name else source_label end) id from scans
     where status = 'completed'
     order by source_kind, case when source_kind = 'upload' then name else source_label end, finished_at desc`,
  );
  const ids = latest.map(({ id }) => id);
  const { rows: counted } = await sql.query<{ severity: number; category: FindingCategory; n: number }>(
    `select severity::int, category, count(*)::float8 as n from findings
     where scan_id = any($1) and status in ('open', 'confirmed') group by 1, 2`,
    [ids],
  );
  const counts = { low: 0, medium: 0, high: 0, critical: 0 };
  const categories = new Map<FindingCategory, number>();
  for (const { severity, category, n } of counted) {
    counts[fromSeverityRank(severity)] += n;
    categories.set(category, (categories.get(category) ?? 0) + n);
  }
  const { rows: trend } = await sql.query<{ ms: number; finding_count: number; risk_score: number }>(
    `select * from (
       select (extract(epoch from finished_at) * 1000)::float8 as ms, finding_count::float8 as finding_count, coalesce(risk_score, 0) as risk_score
       from scans where status = 'completed' order by finished_at desc limit $1) recent
     order by ms`,
    [TREND_POINTS],
  );
  const { rows: totals } = await sql.query<{ scans: number; active: number }>(
    `select count(*)::float8 as scans, (count(*) filter (where status in ('queued', 'planning', 'running')))::float8 as active from scans`,
  );
  const recent = await listScans(sql, { limit: RECENT });
  return {
    risk: await scoreOf(ids),
    counts,
    categories: [...categories].map(([category, count]) => ({ category, count })).sort((a, b) => b.count - a.count),
    trend: trend.map(({ ms, finding_count: count, risk_score: riskScore }) => ({
      at: new Date(ms).toISOString(),
      count,
      riskScore,
    })),
    recentScans: recent.items,
    totals: {
      scans: totals[0]?.scans ?? 0,
      activeScans: totals[0]?.active ?? 0,
      openFindings: counts.low + counts.medium + counts.high + counts.critical,
    },
  };
}

import type { Detector } from '../bottlenecks.ts';

/** Below it PostgreSQL reads the whole table in a millisecond or two, index or not. */
const FEWEST_ROWS = 5_000;
/** An index pays when it leaves out nine rows of ten (PostgreSQL's planner turns away from it above a few percent). */
const MOST_KEPT_RATIO = 0.1;
const FEWEST_CALLS = 3;

/**
 * Rule: the plan of a statement that ran three times reads a table of 5,000 rows or more from end to end and keeps a
 * tenth of it or less.
 */
export const missingIndex: Detector = {
  rule: 'missing-index',
  detect: ({ plans, statements, traces, since, routes }) =>
    plans.flatMap(({ fingerprint, statement, scans }) => {
      const ranked = statements.find(({ name }) => name === statement);
      if (ranked === undefined || ranked.count < FEWEST_CALLS) return [];
      const requestMs = routes.reduce((sum, { totalMs }) => sum + totalMs, 0);
      return scans
        .filter(
          ({ tableRowCount, keptRowCount }) =>
            tableRowCount >= FEWEST_ROWS && keptRowCount <= tableRowCount * MOST_KEPT_RATIO,
        )
        .map(({ table, tableRowCount, keptRowCount, condition }) => {
          const site = traces
            .flatMap(({ spans }) => spans)
            .find((span) => span.fingerprint === fingerprint && span.site !== undefined)?.site;
          return {
            rule: 'missing-index' as const,
            subject: statement,
            severity: ranked.p95Ms >= 50 || tableRowCount >= 1_000_000 ? ('high' as const) : ('medium' as const),
            title: `Reads all ${Math.round(tableRowCount)} rows of ${table} to keep ${Math.round(keptRowCount)}: no index on ${condition}`,
            evidence: {
              tableRowCount,
              keptRowCount,
              count: ranked.count,
              p95Ms: ranked.p95Ms,
              totalMs: ranked.totalMs,
            },
            location: site ?? `statement ${fingerprint}`,
            share: Math.min(1, ranked.totalMs / Math.max(1, requestMs)),
            since,
          };
        });
    }),
};

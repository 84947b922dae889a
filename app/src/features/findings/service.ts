import { cachePolicies } from '@dataguardian/performance';
import type { AppContext } from '../../server/context.ts';
import type { Principal } from '../../server/principal.ts';
import { notFound } from '../../server/problem.ts';
import { readsOf, withTenant } from '../../server/tenant.ts';
import { readRiskInput } from '../reports/risk-repository.ts';
import { scoreRisk } from '../reports/risk-score.ts';
import type { Page } from '../scans/repository.ts';
import { everyScanTag, scanChannel, scanTags } from '../scans/scan-signals.ts';
import { visibility, writeAudit } from '../scans/service.ts';
import type { SqlRunner } from '../scans/sql-runner.ts';
import type { StoredFinding } from './finding.ts';
import {
  type FindingGroup,
  type FindingScope,
  decideFindings,
  findFinding,
  groupFindings,
  listFindings,
} from './repository.ts';
import type { Decision, FindingFilter, FindingQuery } from './schema.ts';

/** A page of findings with the number of all that match, and groups when asked for. */
export interface FindingPage extends Page<StoredFinding> {
  readonly total: number;
  readonly groups?: readonly FindingGroup[];
}

/** A decision about many findings. */
export interface BulkDecision extends Decision {
  readonly ids?: readonly string[] | undefined;
  readonly filter?: (FindingFilter & { readonly scanId?: string | undefined }) | undefined;
}

/** What can be done with findings, on behalf of a person. */
export interface FindingService {
  /** @throws Problem 404 for a scan that may not be seen */
  list(principal: Principal, scope: Pick<FindingScope, 'scanId'>, query: FindingQuery): Promise<FindingPage>;
  decideOne(principal: Principal, id: string, decision: Decision): Promise<StoredFinding>;
  decideMany(principal: Principal, bulk: BulkDecision): Promise<{ readonly count: number }>;
}

const GRACE_MS = 15 * 60_000;

/** Makes the service. */
export function createFindingService({ database, cache }: AppContext): FindingService {
  const pages = cache.namespace<FindingPage | null>('finding-pages', {
    ...cachePolicies.largeDataSets,
    graceMs: GRACE_MS,
    private: true,
    tags: [everyScanTag],
  });

  /** Decides, scores the scans anew, and tells everybody who shows them. */
  async function decide(
    principal: Principal,
    selection: { readonly scope: FindingScope; readonly filter: FindingFilter },
    decision: Decision,
  ): Promise<number> {
    const { organisationId, userId } = principal;
    const { scanIds, count } = await withTenant(database, principal, async (sql) => {
      const decided = await decideFindings(sql, selection, { ...decision, userId });
      for (const scanId of decided.scanIds) await rescore(sql, scanId);
      if (decided.count > 0)
        await writeAudit(sql, principal, {
          action: 'finding.decide',
          subject: decided.scanIds.slice(0, 20).join(' '),
          details: { status: decision.status, count: decided.count },
        });
      for (const scanId of decided.scanIds)
        await sql.query('select pg_notify($1, $2)', [scanChannel, JSON.stringify({ organisationId, scanId })]);
      return decided;
    });
    await cache.invalidateTags([...new Set(scanIds.flatMap((scanId) => scanTags(organisationId, scanId)))]);
    return count;
  }

  async function load(principal: Principal, scope: FindingScope, query: FindingQuery): Promise<FindingPage | null> {
    const sql = readsOf(database, principal);
    if (scope.scanId !== undefined) {
      const { rowCount } = await sql.query('select from scans where id = $1', [scope.scanId]);
      if (rowCount === 0) return null;
    }
    const page = await listFindings(sql, scope, query);
    if (query.group === undefined) return page;
    return { ...page, groups: await groupFindings(sql, scope, { ...query, group: query.group }) };
  }

  return {
    async list(principal, scope, query) {
      const page = await pages.getOrSet(
        `${visibility(principal)}/${scope.scanId ?? ''}/${JSON.stringify(query)}`,
        async ({ skipStore }) => {
          const loaded = await load(principal, scope, query);
          if (loaded === null) skipStore();
          return loaded;
        },
        { tags: [scope.scanId === undefined ? `scans:${principal.organisationId}` : `scan:${scope.scanId}`] },
      );
      if (page === null) throw notFound();
      return page;
    },
    async decideOne(principal, id, decision) {
      const count = await decide(principal, { scope: { ids: [id] }, filter: {} }, decision);
      if (count === 0) throw notFound();
      const finding = await findFinding(readsOf(database, principal), id);
      if (finding === undefined) throw notFound();
      return finding;
    },
    async decideMany(principal, { ids, filter, status, reason }) {
      const { scanId, ...rest } = filter ?? {};
      const count = await decide(
        principal,
        { scope: { ids, scanId }, filter: rest },
        { status, ...(reason === undefined ? {} : { reason }) },
      );
      return { count };
    },
  };
}

async function rescore(sql: SqlRunner, scanId: string): Promise<void> {
  const risk = scoreRisk(await readRiskInput(sql, [scanId]));
  await sql.query(
    `update scans set revision = revision + 1,
       risk_score = case when status in ('completed', 'failed') then $2::int else risk_score end,
       risk = case when status in ('completed', 'failed') then $3::jsonb else risk end
     where id = $1`,
    [scanId, risk.score, JSON.stringify(risk)],
  );
}

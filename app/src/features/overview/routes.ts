import { cachePolicies } from '@dataguardian/performance';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READERS } from '../../server/access.ts';
import { principalOf } from '../../server/access-control.ts';
import type { AppContext } from '../../server/context.ts';
import { readsOf } from '../../server/tenant.ts';
import { riskSchema, scanSchema } from '../scans/schema.ts';
import { everyScanTag } from '../scans/scan-signals.ts';
import { visibility } from '../scans/service.ts';
import { type Overview, readOverview } from './repository.ts';
import { createRiskScores } from './risk-scores.ts';

const GRACE_MS = 15 * 60_000;
const number = z.number();

const overviewSchema = z.object({
  risk: riskSchema,
  counts: z.object({ low: number, medium: number, high: number, critical: number }),
  categories: z.array(z.object({ category: z.string(), count: number })).readonly(),
  trend: z.array(z.object({ at: z.string(), count: number, riskScore: number })).readonly(),
  recentScans: z.array(scanSchema).readonly(),
  totals: z.object({ scans: number, activeScans: number, openFindings: number }),
});

/** Risk at a glance. */
export function registerOverviewRoutes(app: FastifyInstance, { database, cache }: AppContext): void {
  const overviews = cache.namespace<Overview>('overviews', {
    ...cachePolicies.dashboardData,
    graceMs: GRACE_MS,
    private: true,
    tags: [everyScanTag],
  });
  const scores = createRiskScores({ database, cache });
  app.withTypeProvider<ZodTypeProvider>().get(
    '/api/overview',
    {
      config: { access: READERS },
      schema: { tags: ['reports'], summary: 'Risk at a glance', response: { 200: overviewSchema } },
    },
    async (request) => {
      const principal = principalOf(request);
      return overviews.getOrSet(
        visibility(principal),
        () => readOverview(readsOf(database, principal), (scanIds) => scores.of(principal, scanIds)),
        {
          tags: [`scans:${principal.organisationId}`],
        },
      );
    },
  );
}

import type { Clock } from '@dataguardian/telemetry';
import { RANKING_KINDS, type RankingAnswer } from '../api/rankings.ts';
import { DashboardError } from '../errors.ts';
import type { Rankings } from '../rankings/rankings.ts';
import type { DashboardSources } from '../sources.ts';
import { toNumber, toRange, toRoute, type DashboardRoute } from './route.ts';

/** What the endpoint reads. */
export interface RankingRouteParts {
  readonly rankings: Rankings;
  readonly sources: DashboardSources;
  readonly clock: Clock;
  readonly onFault: (what: string, error: unknown) => void;
}

const DEFAULT_MS = 600_000;
const DEFAULT_COUNT = 20;
const MOST = 100;

/** What took most time, when. */
export function createRankingRoutes({
  rankings,
  sources,
  clock,
  onFault,
}: RankingRouteParts): readonly DashboardRoute[] {
  const named = async (answer: RankingAnswer): Promise<RankingAnswer> => {
    const { sessions } = sources;
    if (answer.kind !== 'user' || sessions?.names === undefined) return answer;
    try {
      const names = await sessions.names(answer.items.map(({ name }) => name));
      return { ...answer, items: answer.items.map((item) => ({ ...item, label: names.get(item.name) ?? item.label })) };
    } catch (error) {
      onFault('names of users', error);
      return answer;
    }
  };
  return [
    toRoute('GET /rankings', 'Routes, statements or users by the time they took in a range', async ({ query }) => {
      const kind = RANKING_KINDS.find((each) => each === query['kind']);
      if (kind === undefined)
        throw new DashboardError('DASHBOARD_BAD_REQUEST', `"kind" must be ${RANKING_KINDS.join(', ')}.`);
      const count = Math.min(MOST, Math.max(1, Math.floor(toNumber(query, 'count', DEFAULT_COUNT))));
      return named(await rankings.read(kind, toRange(query, clock.now(), DEFAULT_MS), count));
    }),
  ];
}

import type { Advisor } from '@dataguardian/advisor';
import type { Profiler } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import type { Component, SelfCost } from '../api/overview.ts';
import type { StreamChanged } from '../api/stream.ts';
import { DashboardError } from '../errors.ts';
import { CATALOGUE, type Health } from '../history/catalogue.ts';
import type { History } from '../history/history.ts';
import type { DashboardSources } from '../sources.ts';
import { findRecommendation, listRecommendations, readLedger, readProof } from '../views/advice.ts';
import { readOverview, type OverviewParts } from '../views/overview.ts';
import { EMPTY, sectionOf } from '../views/section-of.ts';
import { toItems, toRoute, type DashboardRoute } from './route.ts';

/** What the endpoints read and act on. */
export interface ViewRouteParts {
  readonly profiler: Profiler;
  readonly advisor: Advisor;
  readonly history: History;
  readonly sources: DashboardSources;
  readonly overview: OverviewParts;
  readonly health: () => Health;
  readonly sections: () => Readonly<Record<string, unknown>>;
  readonly components: () => readonly Component[];
  readonly self: () => SelfCost;
  readonly clock: Clock;
  readonly onChanged: (topic: StreamChanged['topic']) => void;
  readonly onFault: (what: string, error: unknown) => void;
}

const SNAPSHOT_MS = 60_000;

/** The pages: each reads one of these. */
export function createViewRoutes(parts: ViewRouteParts): readonly DashboardRoute[] {
  const { profiler, advisor, history, sources, health, sections, clock, onFault, onChanged } = parts;
  const fault = (what: string) => (error: unknown) => onFault(what, error);
  const act = (verb: 'apply' | 'revert' | 'dismiss'): DashboardRoute =>
    toRoute(
      `POST /recommendations/:id/${verb}`,
      `${verb[0]?.toUpperCase()}${verb.slice(1)} a recommendation`,
      async ({ params, by }) => {
        const changed = await advisor[verb](params['id'] ?? '', by);
        onChanged('recommendations');
        return changed;
      },
    );
  const sessions = (): NonNullable<DashboardSources['sessions']> => {
    if (sources.sessions === undefined) throw new DashboardError('DASHBOARD_NOT_FOUND', 'No sessions are connected.');
    return sources.sessions;
  };
  return [
    toRoute('GET /snapshot', 'Health, metrics, rankings and bottlenecks now', () => ({
      ...profiler.snapshot(SNAPSHOT_MS),
      health: health(),
      metrics: CATALOGUE.map(({ name, unit }) => ({ name, unit })),
      ...sections(),
    })),
    toRoute('GET /overview', 'Health in one look', () => readOverview(parts.overview)),
    toRoute('GET /components', 'Each part with the fallback in force', () => toItems(parts.components())),
    toRoute('GET /self', 'What the dashboard itself costs', () => parts.self()),
    toRoute('GET /database', 'Pool, statements, indexes, locks, tables', () =>
      sectionOf(sources.database, EMPTY.database, fault('database figures')),
    ),
    toRoute('GET /database/statements/:fingerprint', 'One statement with its plan', ({ params }) => {
      const { statement } = sources;
      const load = statement === undefined ? undefined : () => statement(params['fingerprint'] ?? '');
      return sectionOf(load, EMPTY.statement, fault('statement'));
    }),
    toRoute('GET /cache', 'Tiers, namespaces, curve, hot keys, breaker', () =>
      sectionOf(sources.cache, EMPTY.cache, fault('cache figures')),
    ),
    toRoute('GET /sessions', 'Users, consumption, admission', () =>
      sectionOf(sources.sessions && (() => sessions().view()), EMPTY.sessions, fault('session figures')),
    ),
    toRoute('GET /sessions/users/:id', "One user's sessions", ({ params, by }) =>
      sectionOf(
        sources.sessions && (async () => toItems(await sessions().devices(params['id'] ?? '', by))),
        EMPTY.sessions,
        fault('sessions of a user'),
      ),
    ),
    toRoute('DELETE /sessions/users/:id', "End all of a user's sessions", async ({ params, by }) => ({
      endedCount: await sessions().revokeUser(params['id'] ?? '', by),
    })),
    toRoute('DELETE /sessions/:handle', 'End one session', async ({ params, by }) => {
      if (!(await sessions().revoke(params['handle'] ?? '', by)))
        throw new DashboardError('DASHBOARD_NOT_FOUND', 'There is no such session.');
      return undefined;
    }),
    toRoute('GET /scans', 'Throughput, queue, workers', () =>
      sectionOf(sources.scans, EMPTY.scans, fault('scan figures')),
    ),
    toRoute('GET /recommendations', 'Recommendations with their proof', async () =>
      toItems(await listRecommendations(advisor)),
    ),
    toRoute('GET /recommendations/ledger', 'Every step of every recommendation', () => readLedger(advisor)),
    toRoute('GET /recommendations/:id', 'One recommendation with its history', ({ params }) =>
      findRecommendation(advisor, params['id'] ?? ''),
    ),
    act('apply'),
    act('revert'),
    act('dismiss'),
    toRoute('GET /proof', 'Before and after of what was applied', () => readProof(advisor, history, clock.now())),
  ];
}

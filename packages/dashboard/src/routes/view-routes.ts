import type { Advisor } from '@dataguardian/advisor';
import type { Profiler } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import type { Component, SelfCost } from '../api/overview.ts';
import type { FlameDiff } from '../api/profiler.ts';
import type { RequestTrace, TraceSpan } from '../api/requests.ts';
import type { StreamChanged } from '../api/stream.ts';
import { DashboardError } from '../errors.ts';
import { CATALOGUE, type Health } from '../history/catalogue.ts';
import type { History } from '../history/history.ts';
import type { DashboardSources, FlameQuestion } from '../sources.ts';
import { findRecommendation, listRecommendations, readLedger, readProof } from '../views/advice.ts';
import { toFlameDiff } from '../views/flame-diff.ts';
import { readOverview, type OverviewParts } from '../views/overview.ts';
import { createProfilerFlame } from '../views/profiler-flame.ts';
import { toProfilerView } from '../views/profiler-view.ts';
import { EMPTY, sectionOf } from '../views/section-of.ts';
import { readTrace, readTracedRequest } from '../views/trace-spans.ts';
import { toItems, toNumber, toRange, toRoute, type DashboardRoute, type RouteInput } from './route.ts';

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
const FLAME_MS = 300_000;
const EXEMPLAR_MS = 600_000;
const MOST_EXEMPLARS = 100;

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
  const flame = sources.flame ?? createProfilerFlame(profiler);
  const traceOf = (requestId: string): readonly TraceSpan[] | undefined =>
    sources.trace?.(requestId) ?? readTrace(profiler, requestId);
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
    toRoute('GET /requests', 'Routes, and the requests worth a look', () => {
      const { at, startedAt: since, routes, slowRequests } = profiler.snapshot();
      const slow = slowRequests.map((request) => ({
        ...request,
        hasTrace: traceOf(request.requestId) !== undefined,
      }));
      return { at, since, routes, slow };
    }),
    toRoute('GET /requests/exemplars', 'Requests that stand for a point of a chart', ({ query }) => {
      const count = Math.min(MOST_EXEMPLARS, Math.max(1, Math.floor(toNumber(query, 'count', 10))));
      const range = toRange(query, clock.now(), EXEMPLAR_MS);
      const route = query['route'] === '' ? undefined : query['route'];
      return toItems(profiler.exemplars({ ...range, count, ...(route === undefined ? {} : { route }) }));
    }),
    toRoute('GET /requests/:id', 'What one request did', ({ params }) => {
      const id = params['id'] ?? '';
      return toTrace(profiler, id, traceOf(id) ?? []);
    }),
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
    toRoute('GET /profiler', 'Functions, bottlenecks, heap', () => toProfilerView(profiler, flame)),
    toRoute('GET /profiler/flame', 'Sampled stacks of any range', ({ query }) => {
      const question = toFlameQuestion(query, clock.now());
      return sectionOf(() => flame.graph(question), EMPTY.flame, fault('flame graph'));
    }),
    toRoute('GET /profiler/diff', 'Sampled stacks of two ranges, compared', ({ query }) => {
      const question = toFlameQuestion(query, clock.now());
      const lengthMs = question.to - question.from;
      const from = toNumber(query, 'baseFrom', Math.max(0, question.from - lengthMs));
      const base = { ...question, from, to: toNumber(query, 'baseTo', from + lengthMs) };
      const load = async (): Promise<FlameDiff> =>
        toFlameDiff(...(await Promise.all([flame.graph(question), flame.graph(base)])));
      return sectionOf(load, EMPTY.flame, fault('flame graph'));
    }),
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

function toTrace(profiler: Profiler, id: string, spans: readonly TraceSpan[]): RequestTrace {
  const slow = profiler.snapshot().slowRequests.find(({ requestId }) => requestId === id);
  const request = slow ?? readTracedRequest(profiler, id);
  if (request === undefined) throw new DashboardError('DASHBOARD_NOT_FOUND', 'That request is not kept (any more).');
  return { request, spans, note: spans.length > 0 ? null : NO_TRACE };
}

const NO_TRACE = {
  en: 'What this request did was not recorded; only its time was.',
  nl: 'Wat dit verzoek deed, is niet vastgelegd; alleen de duur.',
};

function toFlameQuestion(query: RouteInput['query'], now: number): FlameQuestion {
  const filters = (['route', 'user', 'scan', 'thread'] as const).flatMap((name) => {
    const value = query[name];
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  return { ...toRange(query, now, FLAME_MS), ...Object.fromEntries(filters) };
}

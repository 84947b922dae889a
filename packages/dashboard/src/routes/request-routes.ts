import type { Profiler } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import type { RequestTrace, RequestsView, TraceSpan } from '../api/requests.ts';
import { DashboardError } from '../errors.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { DashboardSources } from '../sources.ts';
import { readTrace, readTracedRequest } from '../views/trace-spans.ts';
import { toItems, toNumber, toRange, toRoute, type DashboardRoute } from './route.ts';

/** What the endpoints read. */
export interface RequestRouteParts {
  readonly profiler: Profiler;
  readonly sources: DashboardSources;
  /** Requests of other processes, and of before; absent without a database. */
  readonly incidents: IncidentStore | undefined;
  readonly instance: string;
  readonly clock: Clock;
  readonly onFault: (what: string, error: unknown) => void;
}

const RANGE_MS = 900_000;
const EXEMPLAR_MS = 600_000;
const MOST_LISTED = 100;

/** Requests worth a look, of all processes, and what each of them did. */
export function createRequestRoutes(parts: RequestRouteParts): readonly DashboardRoute[] {
  const { profiler, sources, incidents, instance, clock, onFault } = parts;
  const traceOf = (requestId: string): readonly TraceSpan[] | undefined =>
    sources.trace?.(requestId) ?? readTrace(profiler, requestId);
  /** What the store does not tell is left out rather than failing the page. */
  const orNothing = async <Found>(load: () => Promise<Found> | undefined): Promise<Found | undefined> => {
    try {
      return await load();
    } catch (error) {
      onFault('slow requests', error);
      return undefined;
    }
  };
  return [
    toRoute('GET /requests', 'Routes, and the requests worth a look (?from=&to=)', async ({ query }) => {
      const range = toRange(query, clock.now(), RANGE_MS);
      const { at, startedAt: since, routes } = profiler.snapshot();
      const own = profiler
        .slowRequests()
        .filter((request) => request.at >= range.from && request.at < range.to)
        .map((request) => ({ ...request, instance, hasTrace: traceOf(request.requestId) !== undefined }));
      const known = new Set(own.map(({ requestId }) => requestId));
      const stored = (await orNothing(() => incidents?.requests(range, MOST_LISTED))) ?? [];
      const slow = [...own, ...stored.filter(({ requestId }) => !known.has(requestId))]
        .toSorted((one, other) => other.durationMs - one.durationMs)
        .slice(0, MOST_LISTED);
      return { at, since, routes, slow } satisfies RequestsView;
    }),
    toRoute('GET /requests/exemplars', 'Requests that stand for a point of a chart', ({ query }) => {
      const count = Math.min(MOST_LISTED, Math.max(1, Math.floor(toNumber(query, 'count', 10))));
      const range = toRange(query, clock.now(), EXEMPLAR_MS);
      const route = query['route'] === '' ? undefined : query['route'];
      return toItems(profiler.exemplars({ ...range, count, ...(route === undefined ? {} : { route }) }));
    }),
    toRoute('GET /requests/:id', 'What one request did', async ({ params }): Promise<RequestTrace> => {
      const id = params['id'] ?? '';
      const request =
        profiler.slowRequests().find(({ requestId }) => requestId === id) ?? readTracedRequest(profiler, id);
      const spans = traceOf(id) ?? [];
      if (request !== undefined && spans.length > 0) return { request, spans, note: null };
      const stored = await orNothing(() => incidents?.request(id));
      if (stored !== undefined) return { ...stored, note: stored.spans.length > 0 ? null : NO_TRACE };
      if (request === undefined)
        throw new DashboardError('DASHBOARD_NOT_FOUND', 'That request is not kept (any more).');
      return { request, spans, note: NO_TRACE };
    }),
  ];
}

const NO_TRACE = {
  en: 'What this request did was not recorded; only its time was.',
  nl: 'Wat dit verzoek deed, is niet vastgelegd; alleen de duur.',
};

import { gzipSync } from 'node:zlib';
import type { Advisor } from '@dataguardian/advisor';
import { METRICS, toPprof, type Profiler } from '@dataguardian/profiler';
import type { Clock, ComponentHealth } from '@dataguardian/telemetry';
import type { AlertBook } from './alert-book.ts';
import { DashboardError } from './errors.ts';
import { readHistory } from './history.ts';

/** A request, whatever server it came through. */
export interface RouteInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Who asks, for the audit. */
  readonly by: string;
}

/** An answer: a value becomes JSON, a file is sent as it is, `undefined` is 204. */
export type RouteOutput =
  | { readonly file: Uint8Array; readonly type: string; readonly name: string }
  | object
  | undefined;

/** One endpoint of the dashboard's API. */
export interface DashboardRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly handle: (input: RouteInput) => Promise<RouteOutput> | RouteOutput;
}

/** What the endpoints read and act on. */
export interface RouteSources {
  readonly profiler: Profiler;
  readonly advisor: Advisor;
  readonly alerts: AlertBook;
  readonly health: () => Readonly<Record<string, ComponentHealth>>;
  readonly sections: () => Readonly<Record<string, unknown>>;
  readonly clock: Clock;
}

const API = '/api/performance';
const LONGEST_PROFILE_MS = 30_000;

/** The endpoints, as data. */
export function createRoutes(sources: RouteSources): readonly DashboardRoute[] {
  const { profiler, advisor, alerts, health, sections, clock } = sources;
  const act = (verb: 'apply' | 'revert' | 'dismiss'): DashboardRoute => ({
    method: 'POST',
    path: `${API}/recommendations/:id/${verb}`,
    summary: `${verb[0]?.toUpperCase()}${verb.slice(1)} a recommendation`,
    handle: ({ params, by }) => advisor[verb](params['id'] ?? '', by),
  });
  const record = async (query: RouteInput['query']): ReturnType<Profiler['recordCpu']> =>
    profiler.recordCpu(Math.min(toNumber(query, 'ms', 5_000), LONGEST_PROFILE_MS));
  return [
    {
      method: 'GET',
      path: `${API}/snapshot`,
      summary: 'Health, metrics, rankings and bottlenecks now',
      handle: () => ({ ...profiler.snapshot(60_000), health: health(), metrics: METRICS.map(toMeta), ...sections() }),
    },
    {
      method: 'GET',
      path: `${API}/history`,
      summary: 'One metric over time',
      handle: ({ query }) => {
        const to = toNumber(query, 'to', clock.now() + 1);
        const from = toNumber(query, 'from', to - 600_000);
        const stepMs = toNumber(query, 'step', 1_000);
        const windows = profiler.snapshot(Math.max(0, clock.now() - from)).windows;
        return readHistory(windows, { metric: query['metric'] ?? '', from, to, stepMs });
      },
    },
    {
      method: 'GET',
      path: `${API}/alerts`,
      summary: 'Alerts that fire or did',
      handle: () => ({ items: alerts.alerts() }),
    },
    { method: 'GET', path: `${API}/alerts/rules`, summary: 'Alert rules', handle: () => ({ items: alerts.rules() }) },
    {
      method: 'POST',
      path: `${API}/alerts/rules`,
      summary: 'Add an alert rule',
      handle: ({ body }) => alerts.create(body),
    },
    {
      method: 'PATCH',
      path: `${API}/alerts/rules/:id`,
      summary: 'Change an alert rule',
      handle: ({ params, body }) => alerts.change(params['id'] ?? '', body),
    },
    {
      method: 'DELETE',
      path: `${API}/alerts/rules/:id`,
      summary: 'Remove an alert rule',
      handle: ({ params }) => {
        alerts.remove(params['id'] ?? '');
        return undefined;
      },
    },
    {
      method: 'GET',
      path: `${API}/recommendations`,
      summary: 'Recommendations with their proof',
      handle: async () => ({ items: await advisor.list() }),
    },
    act('apply'),
    act('revert'),
    act('dismiss'),
    {
      method: 'GET',
      path: `${API}/profile.cpuprofile`,
      summary: 'CPU profile of the main thread, for DevTools and Speedscope (?ms=5000)',
      handle: async ({ query }) =>
        toFile(JSON.stringify(await record(query)), 'application/json', 'profile.cpuprofile'),
    },
    {
      method: 'GET',
      path: `${API}/profile.pb.gz`,
      summary: 'CPU profile of the main thread, for pprof (?ms=5000)',
      handle: async ({ query }) => ({
        file: gzipSync(toPprof(await record(query), clock.now())),
        type: 'application/octet-stream',
        name: 'profile.pb.gz',
      }),
    },
    {
      method: 'GET',
      path: `${API}/profile.json`,
      summary: 'Rankings, bottlenecks and slow requests as JSON',
      handle: () => profiler.snapshot(),
    },
  ];
}

function toFile(text: string, type: string, name: string): RouteOutput {
  return { file: Buffer.from(text), type, name };
}

function toMeta({ name, unit }: (typeof METRICS)[number]): { name: string; unit: string } {
  return { name, unit };
}

function toNumber(query: RouteInput['query'], name: string, fallback: number): number {
  const text = query[name];
  if (text === undefined || text === '') return fallback;
  const number = Number(text);
  if (!Number.isFinite(number) || number < 0)
    throw new DashboardError('DASHBOARD_BAD_REQUEST', `"${name}" must be a number, 0 or more.`);
  return number;
}

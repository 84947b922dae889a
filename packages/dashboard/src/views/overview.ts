import type { Advisor } from '@dataguardian/advisor';
import type { Profiler } from '@dataguardian/profiler';
import type { ComponentStatus } from '@dataguardian/telemetry';
import type { Alert, AlertRule } from '../api/alerts.ts';
import type { Component, Overview, SelfCost } from '../api/overview.ts';
import { findCatalogued } from '../history/catalogue.ts';
import type { History } from '../history/history.ts';
import { toProblems } from './problems.ts';
import { SIGNAL_METRICS, toSignals } from './signals.ts';

/** What the overview is made of. */
export interface OverviewParts {
  readonly profiler: Profiler;
  readonly advisor: Advisor;
  readonly history: History;
  readonly components: () => readonly Component[];
  readonly openAlerts: () => Promise<readonly Alert[]>;
  readonly rules: () => readonly AlertRule[];
  readonly instanceCount: () => number;
  readonly self: () => SelfCost;
  readonly now: () => number;
  readonly onFault: (what: string, error: unknown) => void;
}

const RANGE_MS = 600_000;
const POINTS = 60;
const TOP_COUNT = 3;
const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** Health in one look. What cannot be read is left out rather than failing the whole. */
export async function readOverview(parts: OverviewParts): Promise<Overview> {
  const { profiler, advisor, history, now, onFault } = parts;
  const at = now();
  const orNothing = async <Item>(what: string, read: () => Promise<readonly Item[]>): Promise<readonly Item[]> => {
    try {
      return await read();
    } catch (error) {
      onFault(what, error);
      return [];
    }
  };
  const metrics = Object.values(SIGNAL_METRICS).flatMap((name) => findCatalogued(name) ?? []);
  const [series, alerts, recommendations] = await Promise.all([
    history.series({ metrics, from: at - RANGE_MS, to: at, points: POINTS, compare: undefined, instance: undefined }),
    orNothing('alerts', parts.openAlerts),
    orNothing('recommendations', () => advisor.list()),
  ]);
  const { bottlenecks } = profiler.snapshot();
  const components = parts.components();
  return {
    at,
    status: statusOf(components, alerts),
    problems: toProblems(components, alerts, bottlenecks),
    signals: toSignals(series, parts.rules()),
    components,
    alerts: alerts.toSorted((one, other) => RANK[one.severity] - RANK[other.severity]),
    bottlenecks,
    recommendations: recommendations.filter(({ state }) => state === 'proven').slice(0, TOP_COUNT),
    instanceCount: parts.instanceCount(),
    self: parts.self(),
  };
}

function statusOf(components: readonly Component[], alerts: readonly Alert[]): ComponentStatus {
  if (components.some(({ status }) => status === 'down')) return 'down';
  const isTroubled =
    components.some(({ status }) => status === 'degraded') ||
    alerts.some(({ severity, state }) => severity === 'critical' && state === 'firing');
  return isTroubled ? 'degraded' : 'up';
}

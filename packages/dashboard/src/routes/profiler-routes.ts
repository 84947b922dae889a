import type { Profiler } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import type { FlameDiff, ProfilerView } from '../api/profiler.ts';
import type { TimeRange } from '../api/section.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { Rankings } from '../rankings/rankings.ts';
import type { DashboardSources, FlameQuestion, FlameSource } from '../sources.ts';
import { toFlameDiff } from '../views/flame-diff.ts';
import { toProfilerView } from '../views/profiler-view.ts';
import { EMPTY, sectionOf } from '../views/section-of.ts';
import { toNumber, toRange, toRoute, type DashboardRoute, type RouteInput } from './route.ts';

/** What the endpoints read. */
export interface ProfilerRouteParts {
  readonly profiler: Profiler;
  readonly flame: FlameSource;
  readonly rankings: Rankings;
  readonly sources: DashboardSources;
  /** Stalls of other processes, and of before; absent without a database. */
  readonly incidents: IncidentStore | undefined;
  readonly instance: string;
  readonly clock: Clock;
  readonly onFault: (what: string, error: unknown) => void;
}

const FLAME_MS = 300_000;
const MOST_STALLS = 50;
const MOST_PEOPLE = 50;

/** Where the time goes: functions, stalls, and flame graphs of any range, compared if wished. */
export function createProfilerRoutes(parts: ProfilerRouteParts): readonly DashboardRoute[] {
  const { profiler, flame, rankings, sources, incidents, instance, clock, onFault } = parts;
  const fault = (what: string) => (error: unknown) => onFault(what, error);
  const orElse = async <Found>(what: string, otherwise: Found, load: () => Promise<Found>): Promise<Found> => {
    try {
      return await load();
    } catch (error) {
      onFault(what, error);
      return otherwise;
    }
  };

  const stallsOf = async (range: TimeRange): Promise<ProfilerView['stalls']> => {
    const own = profiler
      .stalls(clock.now() - range.from)
      .filter(({ at }) => at >= range.from && at < range.to)
      .map((stall) => ({ ...stall, instance }));
    const stored = await orElse('stalls', [], async () => (await incidents?.stalls(range, MOST_STALLS)) ?? []);
    const known = new Set(own.map(({ at }) => at));
    return [...own, ...stored.filter((stall) => stall.instance !== instance || !known.has(stall.at))]
      .toSorted((one, other) => other.at - one.at)
      .slice(0, MOST_STALLS);
  };

  /** What people call those whom samples know by a hash: the users that took most in the range. */
  const peopleOf = (range: TimeRange): Promise<Readonly<Record<string, string>>> =>
    orElse('names of users', {}, async () => {
      const { items } = await rankings.read('user', range, MOST_PEOPLE);
      const ids = items.map(({ name }) => name);
      const names = (await sources.sessions?.names?.(ids)) ?? new Map<string, string>();
      return Object.fromEntries(ids.map((id) => [profiler.pseudonymOf(id), names.get(id) ?? id]));
    });

  return [
    toRoute('GET /profiler', 'Functions, bottlenecks, heap, stalls (?from=&to=)', async ({ query }) => {
      const range = toRange(query, clock.now(), FLAME_MS);
      const [facets, stalls, userNames] = await Promise.all([flame.facets(range), stallsOf(range), peopleOf(range)]);
      return toProfilerView(profiler, { ...facets, userNames }, stalls);
    }),
    toRoute('GET /profiler/flame', 'Sampled stacks of any range, of all processes', ({ query }) => {
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
  ];
}

function toFlameQuestion(query: RouteInput['query'], now: number): FlameQuestion {
  const filters = (['route', 'user', 'scan', 'thread'] as const).flatMap((name) => {
    const value = query[name];
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  return { ...toRange(query, now, FLAME_MS), ...Object.fromEntries(filters) };
}

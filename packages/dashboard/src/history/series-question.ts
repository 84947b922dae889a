import { DashboardError } from '../errors.ts';
import { findCatalogued, type CataloguedMetric } from './catalogue.ts';
import { LEVELS } from './history-store.ts';

/** What `GET /series` is asked for, checked. */
export interface SeriesQuestion {
  readonly metrics: readonly CataloguedMetric[];
  readonly from: number;
  readonly to: number;
  readonly points: number;
  /** `undefined` for none; a mark by its id; else milliseconds to shift back by. */
  readonly compare: { readonly markId: string } | { readonly shiftMs: number } | undefined;
  readonly instance: string | undefined;
}

/** How a range is cut: rows of which level, and how long a point is. */
export interface Cut {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly resolutionMs: number;
}

const DEFAULT_RANGE_MS = 10 * 60_000;
const MOST_METRICS = 24;
const POINTS = { default: 600, least: 10, most: 2_000 };
const COARSEST = LEVELS.at(-1) ?? { stepMs: 600_000, keptMs: 0 };

/** @throws DashboardError DASHBOARD_BAD_REQUEST listing every problem */
export function parseSeriesQuestion(query: Readonly<Record<string, string>>, now: number): SeriesQuestion {
  const problems: string[] = [];
  const number = (name: string, fallback: number, [least, most]: readonly [number, number]): number => {
    const text = query[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (Number.isFinite(value) && value >= least && value <= most) return value;
    problems.push(`"${name}" must be a number from ${least} to ${most}`);
    return fallback;
  };
  const to = number('to', now + 1, [0, Number.MAX_SAFE_INTEGER]);
  const from = number('from', Math.max(0, to - DEFAULT_RANGE_MS), [0, Number.MAX_SAFE_INTEGER]);
  if (from >= to) problems.push('"from" must be before "to"');
  if (to - from > COARSEST.keptMs * 2) problems.push(`the range must be at most ${COARSEST.keptMs * 2} ms long`);
  const names = (query['metrics'] ?? query['metric'] ?? '').split(',').filter((name) => name !== '');
  if (names.length === 0 || names.length > MOST_METRICS) problems.push(`"metrics" must name 1 to ${MOST_METRICS}`);
  const metrics = [...new Set(names)].flatMap((name) => {
    const metric = findCatalogued(name);
    if (metric === undefined) problems.push(`there is no metric "${name.slice(0, 60)}"`);
    return metric === undefined ? [] : [metric];
  });
  const points = Math.floor(number('points', POINTS.default, [POINTS.least, POINTS.most]));
  const compare = parseCompare(query['compare'], to - from);
  if (compare === 'wrong') problems.push('"compare" must be "previous", "mark:<id>" or milliseconds');
  if (problems.length > 0) throw new DashboardError('DASHBOARD_BAD_REQUEST', `${problems.join('; ')}.`);
  const instance = query['instance'] === '' ? undefined : query['instance'];
  return { metrics, from, to, points, compare: compare === 'wrong' ? undefined : compare, instance };
}

/** Chooses the finest level that is fine enough, not too fine for `points`, and still reaches back to `from`. */
export function cutRange(range: { readonly from: number; readonly to: number }, points: number, now: number): Cut {
  const wantedMs = (range.to - range.from) / points;
  const reaching = LEVELS.filter(({ keptMs }) => range.from >= now - keptMs);
  const usable = reaching.length === 0 ? [COARSEST] : reaching;
  // Ranges that reach further back than the finest levels get the finest level that is still there.
  const level = usable.findLast(({ stepMs }) => stepMs <= wantedMs) ?? usable[0] ?? COARSEST;
  const stepMs = Math.max(1, Math.ceil(wantedMs / level.stepMs)) * level.stepMs;
  const from = Math.floor(range.from / stepMs) * stepMs;
  return { from, to: Math.ceil(range.to / stepMs) * stepMs, stepMs, resolutionMs: level.stepMs };
}

function parseCompare(text: string | undefined, lengthMs: number): SeriesQuestion['compare'] | 'wrong' {
  if (text === undefined || text === '') return undefined;
  if (text === 'previous') return { shiftMs: lengthMs };
  if (text.startsWith('mark:') && text.length > 'mark:'.length) return { markId: text.slice('mark:'.length) };
  const shiftMs = Number(text);
  return Number.isFinite(shiftMs) && shiftMs > 0 ? { shiftMs } : 'wrong';
}

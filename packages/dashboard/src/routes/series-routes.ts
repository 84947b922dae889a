import { randomUUID } from 'node:crypto';
import type { Clock } from '@dataguardian/telemetry';
import type { Mark, SeriesAnswer } from '../api/series.ts';
import { DashboardError } from '../errors.ts';
import { CATALOGUE, findCatalogued, toMeta } from '../history/catalogue.ts';
import type { History } from '../history/history.ts';
import { cutRange, parseSeriesQuestion } from '../history/series-question.ts';
import { toCsv } from '../history/series-csv.ts';
import { isRecord } from '../json.ts';
import { toItems, toNumber, toRange, toRoute, type DashboardRoute, type RouteFile } from './route.ts';

/** What the endpoints read. */
export interface SeriesRouteParts {
  readonly history: History;
  readonly clock: Clock;
  readonly onMark: (mark: Mark) => void;
}

const MOST_STEPS = 5_000;
const RANGE_MS = 600_000;
const HEATMAP_RANGE_MS = 3_600_000;
const HEATMAP_POINTS = 120;
const DAY_MS = 86_400_000;

/** Metrics over time, marks, processes and heatmaps. */
export function createSeriesRoutes({ history, clock, onMark }: SeriesRouteParts): readonly DashboardRoute[] {
  const heatmap =
    (sketch: 'requests' | 'queries'): DashboardRoute['handle'] =>
    ({ query }) => {
      const points = Math.min(Math.max(10, toNumber(query, 'points', HEATMAP_POINTS)), 600);
      return history.heatmap(sketch, toRange(query, clock.now(), HEATMAP_RANGE_MS), points);
    };
  return [
    toRoute('GET /metrics', 'Metrics that can be charted, with their units', () => toItems(CATALOGUE.map(toMeta))),
    toRoute(
      'GET /series',
      'Metrics over time, of all processes, compared if wished (?metrics=&from=&to=)',
      async (input) =>
        answer(await history.series(parseSeriesQuestion(input.query, clock.now())), input.query['format']),
    ),
    toRoute('GET /history', 'One metric over time, cut as told', async ({ query }) => {
      const metric = findCatalogued(query['metric'] ?? '');
      if (metric === undefined) throw new DashboardError('DASHBOARD_BAD_REQUEST', 'There is no such "metric".');
      const range = toRange(query, clock.now(), RANGE_MS);
      const stepMs = toNumber(query, 'step', 1_000);
      const stepCount = (range.to - range.from) / stepMs;
      if (!(stepMs > 0) || stepCount > MOST_STEPS)
        throw new DashboardError('DASHBOARD_BAD_REQUEST', `"from", "to", "step" must give 1 to ${MOST_STEPS} steps.`);
      const { resolutionMs } = cutRange(range, Math.max(1, stepCount), clock.now());
      const values = await history.values(metric, { ...range, stepMs, resolutionMs });
      const { name, unit } = metric;
      return {
        metric: name,
        unit,
        ...range,
        stepMs,
        values: values.map((value) => (Number.isNaN(value) ? null : value)),
      };
    }),
    toRoute('GET /requests/heatmap', 'How many requests took how long, when', heatmap('requests')),
    toRoute('GET /database/heatmap', 'How many statements took how long, when', heatmap('queries')),
    toRoute('GET /marks', 'Releases, restarts, changes and notes', async ({ query }) =>
      toItems(await history.marks(toRange(query, clock.now(), DAY_MS))),
    ),
    toRoute('POST /marks', 'Set a mark on every chart', async ({ body, by }) => {
      const mark = parseMark(body, by, clock.now());
      await history.addMark(mark);
      onMark(mark);
      return mark;
    }),
    toRoute('GET /instances', 'Processes that report', async () => toItems(await history.instances())),
  ];
}

function answer(series: SeriesAnswer, format: string | undefined): SeriesAnswer | RouteFile {
  if (format !== 'csv') return series;
  const name = `series-${new Date(series.from).toISOString().slice(0, 19).replaceAll(':', '')}Z.csv`;
  return { file: Buffer.from(toCsv(series)), type: 'text/csv; charset=utf-8', name };
}

function parseMark(body: unknown, by: string, now: number): Mark {
  const { label, kind = 'note', at = now } = isRecord(body) ? body : {};
  const problems: string[] = [];
  if (typeof label !== 'string' || label.trim() === '' || label.length > 200)
    problems.push('"label" must be a text of 1 to 200 characters');
  if (kind !== 'note' && kind !== 'release') problems.push('"kind" must be "note" or "release"');
  if (typeof at !== 'number' || !(at > 0) || at > now + 1_000)
    problems.push('"at" must be a past time in epoch milliseconds');
  if (problems.length > 0) throw new DashboardError('DASHBOARD_BAD_REQUEST', `${problems.join('; ')}.`);
  return {
    id: randomUUID(),
    at: Math.round(Number(at)),
    kind: kind === 'release' ? 'release' : 'note',
    label: String(label).trim(),
    by,
  };
}

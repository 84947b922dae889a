import type { Clock } from '@dataguardian/telemetry';
import type { Heatmap } from '../api/requests.ts';
import type { Instance, Mark, SeriesAnswer, SeriesBlock, SeriesLine } from '../api/series.ts';
import type { TimeRange } from '../api/section.ts';
import { DashboardError } from '../errors.ts';
import type { CataloguedMetric } from './catalogue.ts';
import { toExactQuantiles, type ExactQuantiles } from './exact-quantiles.ts';
import { toHeatmap } from './heatmap.ts';
import { LEVELS, type HistoryQuestion, type HistoryRow, type HistoryStore } from './history-store.ts';
import { mergeRows } from './merge-rows.ts';
import type { Recorder } from './recorder.ts';
import { cutRange, type Cut, type SeriesQuestion } from './series-question.ts';
import type { SketchName } from './sketches.ts';

/** Reads what was recorded, by this process and by others. */
export interface History {
  /** @throws DashboardError DASHBOARD_NOT_FOUND when it is to be compared with a mark that is not there */
  series(question: SeriesQuestion): Promise<SeriesAnswer>;
  /** One metric cut as told; `NaN` is not measured. */
  values(metric: CataloguedMetric, cut: Cut): Promise<readonly number[]>;
  heatmap(sketch: SketchName, range: TimeRange, points: number): Promise<Heatmap>;
  marks(range: TimeRange): Promise<readonly Mark[]>;
  addMark(mark: Mark): Promise<void>;
  instances(): Promise<readonly Instance[]>;
}

/** What the history works with. */
export interface HistoryParts {
  readonly recorder: Recorder;
  /** Of every process when there is a database, else of this one. */
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly instance: string;
  /** Whether {@link store} is shared; then the memory of this process only adds what is not written yet. */
  readonly isShared: boolean;
  /** Marks that others know of: applied recommendations. */
  readonly foreignMarks: (range: TimeRange) => Promise<readonly Mark[]>;
  readonly onFault: (error: unknown) => void;
}

const LIVE_MS = 30_000;
const SEEN_MS = 24 * 60 * 60_000;
const FINEST_SKETCHED_MS = LEVELS[1]?.stepMs ?? 10_000;

/** Creates the reading side of the history. */
export function createHistory(parts: HistoryParts): History {
  const { recorder, store, clock, instance, isShared, foreignMarks, onFault } = parts;

  const readRows = async (question: HistoryQuestion): Promise<{ rows: readonly HistoryRow[]; isStored: boolean }> => {
    const own = await recorder.rows(question);
    if (!isShared) return { rows: own, isStored: false };
    try {
      const ownTimes = new Set(own.map(({ at }) => at));
      const stored = await store.read(question);
      const others = stored.filter((row) => row.instance !== instance || !ownTimes.has(row.at));
      return { rows: [...others, ...own], isStored: true };
    } catch (error) {
      onFault(error);
      return { rows: own, isStored: false };
    }
  };

  const ask = (metrics: readonly CataloguedMetric[], cut: Cut, only: string | undefined): HistoryQuestion => ({
    stepMs: cut.resolutionMs,
    from: Math.floor(cut.from / cut.resolutionMs) * cut.resolutionMs,
    to: cut.to,
    metrics: [...new Set(metrics.flatMap(({ name, weights }) => [name, ...weights]))],
    sketches:
      cut.resolutionMs < FINEST_SKETCHED_MS
        ? []
        : [...new Set(metrics.flatMap(({ sketch }) => (sketch === undefined ? [] : [sketch.name])))],
    instance: only,
  });

  const readBlock = async (
    metrics: readonly CataloguedMetric[],
    cut: Cut,
    only: string | undefined,
  ): Promise<SeriesBlock & { readonly instances: readonly string[]; readonly isStored: boolean }> => {
    const { rows, isStored } = await readRows(ask(metrics, cut, only));
    const sketched = metrics.filter(({ sketch }) => sketch !== undefined);
    const isFine = cut.resolutionMs < FINEST_SKETCHED_MS;
    // Seconds have no distributions; those of ten seconds know the percentiles of the whole range.
    const whole =
      isFine && sketched.length > 0
        ? toExactQuantiles(sketched, [
            (await readRows(ask(sketched, { ...cut, resolutionMs: FINEST_SKETCHED_MS }, only))).rows,
          ])
        : undefined;
    const steps = toSteps(rows, cut);
    const exact = toExactQuantiles(sketched, steps);
    const lines = metrics.map((metric) => {
      const values = toValues(metric, steps, { exact: exact.get(metric.name), now: clock.now() });
      const quantiles = (whole ?? exact).get(metric.name);
      const wholeValue = Number.isNaN(quantiles?.whole ?? Number.NaN) ? undefined : quantiles?.whole;
      return toLine(metric, values, wholeValue ?? mergeRows(metric, rows, clock.now()));
    });
    const instances = [...new Set(rows.map((row) => row.instance))].toSorted();
    return { from: cut.from, to: cut.to, lines, instances, isStored };
  };

  const marks = async (range: TimeRange): Promise<readonly Mark[]> => {
    const [own, foreign] = await Promise.all([
      store.marks(range.from, range.to).catch((error: unknown) => {
        onFault(error);
        return [];
      }),
      foreignMarks(range),
    ]);
    return [...own, ...foreign].toSorted((one, other) => one.at - other.at);
  };

  const shiftOf = async ({ compare, from, to }: SeriesQuestion): Promise<number | undefined> => {
    if (compare === undefined || 'shiftMs' in compare) return compare?.shiftMs;
    const mark = (await marks({ from: 0, to: clock.now() + 1 })).find(({ id }) => id === compare.markId);
    if (mark === undefined) throw new DashboardError('DASHBOARD_NOT_FOUND', 'There is no such mark.');
    return to - mark.at > 0 ? to - mark.at : to - from;
  };

  return {
    async series(question) {
      const { metrics, points, instance: only } = question;
      const cut = cutRange(question, points, clock.now());
      const shiftMs = await shiftOf(question);
      const { isStored, instances, ...block } = await readBlock(metrics, cut, only);
      const answer: SeriesAnswer = {
        ...block,
        stepMs: cut.stepMs,
        resolutionMs: cut.resolutionMs,
        source: isStored ? 'database' : 'memory',
        instances,
        marks: await marks(cut),
      };
      if (shiftMs === undefined) return answer;
      const back = Math.max(1, Math.round(shiftMs / cut.stepMs)) * cut.stepMs;
      const before = { ...cut, from: cut.from - back, to: cut.to - back };
      // The range before may only be kept at a coarser level than this one.
      const reached = LEVELS.find(
        (level) => level.stepMs >= cut.resolutionMs && before.from >= clock.now() - level.keptMs,
      );
      const resolutionMs = reached?.stepMs ?? cut.resolutionMs;
      const compared = await readBlock(metrics, { ...before, resolutionMs }, only);
      return { ...answer, compare: { from: compared.from, to: compared.to, lines: compared.lines } };
    },
    async values(metric, cut) {
      const { rows } = await readRows(ask([metric], cut, undefined));
      const steps = toSteps(rows, cut);
      return toValues(metric, steps, { exact: toExactQuantiles([metric], steps).get(metric.name), now: clock.now() });
    },
    async heatmap(sketch, range, points) {
      const wished = cutRange(range, points, clock.now());
      const resolutionMs = Math.max(wished.resolutionMs, FINEST_SKETCHED_MS);
      const stepMs = Math.ceil(wished.stepMs / resolutionMs) * resolutionMs;
      const from = Math.floor(wished.from / stepMs) * stepMs;
      const cut: Cut = { resolutionMs, stepMs, from, to: Math.ceil(wished.to / stepMs) * stepMs };
      const { rows } = await readRows({
        stepMs: resolutionMs,
        from: cut.from,
        to: cut.to,
        metrics: [],
        sketches: [sketch],
      });
      return toHeatmap(rows, sketch, cut);
    },
    marks,
    async addMark(mark) {
      await store.mark(mark);
    },
    async instances() {
      const now = clock.now();
      const seen = await store.instances(now - SEEN_MS);
      return seen.map((seenInstance) => ({
        ...seenInstance,
        isLive: seenInstance.lastSeenAt >= now - LIVE_MS,
        isSelf: seenInstance.id === instance,
      }));
    },
  };
}

/** The rows that each point is made of. */
function toSteps(rows: readonly HistoryRow[], cut: Cut): readonly (readonly HistoryRow[])[] {
  const steps: HistoryRow[][] = Array.from({ length: Math.ceil((cut.to - cut.from) / cut.stepMs) }, () => []);
  for (const row of rows) steps[Math.max(0, Math.floor((row.at - cut.from) / cut.stepMs))]?.push(row);
  if (cut.resolutionMs <= cut.stepMs) return steps;
  // Rows of a coarser level than the step stand for every point that their bucket covers.
  let carried: readonly HistoryRow[] = [];
  return steps.map((here, index) => {
    if (here.length > 0) carried = here;
    const at = cut.from + index * cut.stepMs;
    return carried.filter((row) => row.at + row.stepMs > at);
  });
}

function toValues(
  metric: CataloguedMetric,
  steps: readonly (readonly HistoryRow[])[],
  { exact, now }: { readonly exact: ExactQuantiles | undefined; readonly now: number },
): readonly number[] {
  return steps.map((rows, index) => {
    const quantile = exact?.steps[index] ?? Number.NaN;
    return Number.isNaN(quantile) ? mergeRows(metric, rows, now) : quantile;
  });
}

function toLine(metric: CataloguedMetric, values: readonly number[], whole: number): SeriesLine {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return {
    metric: metric.name,
    unit: metric.unit,
    merge: metric.merge,
    values: values.map(toJsonNumber),
    summary: {
      min: numbers.length === 0 ? null : toJsonNumber(Math.min(...numbers)),
      max: numbers.length === 0 ? null : toJsonNumber(Math.max(...numbers)),
      last: toJsonNumber(numbers.at(-1) ?? Number.NaN),
      value: toJsonNumber(whole),
    },
  };
}

/** Five significant digits: more than a chart shows, and half of the bytes. */
function toJsonNumber(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}

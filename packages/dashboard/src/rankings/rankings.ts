import type { Clock } from '@dataguardian/telemetry';
import type { RankedOverTime, RankingAnswer, RankingKind } from '../api/rankings.ts';
import type { TimeRange } from '../api/section.ts';
import { createSketchSum, type SketchSum } from '../history/sketch-codec.ts';
import type { RankingRecorder } from './ranking-recorder.ts';
import {
  RANKING_LEVELS,
  type RankingEntry,
  type RankingQuestion,
  type RankingRow,
  type RankingStore,
} from './ranking-store.ts';

/** What rankings are read from. */
export interface RankingParts {
  readonly recorder: RankingRecorder;
  /** Absent without a database. */
  readonly store: RankingStore | undefined;
  readonly clock: Clock;
  readonly instance: string;
  readonly onFault: (error: unknown) => void;
}

/** Reads what took most time in a range, in this process and in others. */
export interface Rankings {
  read(kind: RankingKind, range: TimeRange, count: number): Promise<RankingAnswer>;
}

const MS_PER_SECOND = 1_000;

export function createRankings({ recorder, store, clock, instance, onFault }: RankingParts): Rankings {
  const readRows = async (
    question: RankingQuestion,
  ): Promise<{ readonly rows: readonly RankingRow[]; readonly source: RankingAnswer['source'] }> => {
    const own = await recorder.rows(question);
    if (store === undefined) return { rows: own, source: 'memory' };
    try {
      const ownTimes = new Set(own.map(({ at }) => at));
      const stored = await store.read(question);
      const others = stored.filter((row) => row.instance !== instance || !ownTimes.has(row.at));
      return { rows: [...others, ...own], source: 'database' };
    } catch (error) {
      onFault(error);
      return { rows: own, source: 'memory' };
    }
  };
  return {
    async read(kind, range, count) {
      const to = Math.min(range.to, clock.now() + 1);
      const lengthMs = to - range.from;
      const level = RANKING_LEVELS.find(
        ({ readMs, keptMs }) => lengthMs <= readMs && range.from >= clock.now() - keptMs,
      );
      const stepMs = level?.stepMs ?? RANKING_LEVELS[2].stepMs;
      const from = Math.floor(range.from / stepMs) * stepMs;
      const { rows, source } = await readRows({ stepMs, kind, from, to });
      const bounds = { from, to: Math.max(from + stepMs, Math.ceil(to / stepMs) * stepMs) };
      const instances = [...new Set(rows.map((row) => row.instance))].toSorted();
      return {
        kind,
        ...bounds,
        stepMs,
        source,
        instances,
        ...rank(rows, { ...bounds, stepMs, now: clock.now() }, count),
      };
    },
  };
}

interface Steps extends TimeRange {
  readonly stepMs: number;
  readonly now: number;
}

interface Total {
  label: string;
  errorCount: number;
  totalMs: number;
  readonly whole: SketchSum;
  readonly entries: { readonly step: number; readonly entry: RankingEntry }[];
}

function rank(rows: readonly RankingRow[], steps: Steps, count: number): Pick<RankingAnswer, 'items' | 'others'> {
  const totals = new Map<string, Total>();
  for (const { at, entries } of rows)
    for (const entry of entries) {
      let total = totals.get(entry.name);
      if (total === undefined)
        totals.set(
          entry.name,
          (total = { label: entry.label, errorCount: 0, totalMs: 0, whole: createSketchSum(), entries: [] }),
        );
      total.whole.add(entry.sketch);
      total.totalMs += sumOf(entry);
      total.errorCount += entry.errorCount;
      total.entries.push({ step: Math.floor((at - steps.from) / steps.stepMs), entry });
    }
  const rest = totals.get('');
  totals.delete('');
  const sorted = [...totals].toSorted(([, one], [, other]) => other.totalMs - one.totalMs);
  const everything = sorted.reduce((sum, [, { totalMs }]) => sum + totalMs, rest?.totalMs ?? 0);
  const beyond = sorted.slice(count).map(([, total]) => total);
  const left = rest === undefined ? beyond : [...beyond, rest];
  return {
    items: sorted.slice(0, count).map(([name, total]) => toItem(name, total, { ...steps, everything })),
    others:
      left.length === 0
        ? null
        : {
            count: left.reduce((sum, { whole }) => sum + whole.count, 0),
            totalMs: left.reduce((sum, { totalMs }) => sum + totalMs, 0),
          },
  };
}

function toItem(name: string, total: Total, steps: Steps & { readonly everything: number }): RankedOverTime {
  const { label, errorCount, totalMs, whole, entries } = total;
  const length = Math.ceil((steps.to - steps.from) / steps.stepMs);
  const byStep = Map.groupBy(entries, ({ step }) => step);
  const sum = createSketchSum();
  const rate: number[] = [];
  const p95Ms: (number | null)[] = [];
  for (let step = 0; step < length; step += 1) {
    sum.clear();
    for (const { entry } of byStep.get(step) ?? []) sum.add(entry.sketch);
    // The last step is not over yet: its calls belong to the part that has passed.
    const passedMs = Math.min(steps.stepMs, Math.max(MS_PER_SECOND, steps.now - (steps.from + step * steps.stepMs)));
    rate.push(short((sum.count / passedMs) * MS_PER_SECOND));
    p95Ms.push(sum.count === 0 ? null : short(sum.quantile(0.95)));
  }
  return {
    name,
    label,
    count: whole.count,
    errorCount,
    totalMs: short(totalMs),
    meanMs: short(totalMs / Math.max(1, whole.count)),
    p50Ms: short(whole.quantile(0.5)),
    p95Ms: short(whole.quantile(0.95)),
    p99Ms: short(whole.quantile(0.99)),
    timeRatio: steps.everything === 0 ? 0 : short(totalMs / steps.everything),
    lines: { rate, p95Ms },
  };
}

function sumOf({ sketch }: RankingEntry): number {
  return new DataView(sketch.buffer, sketch.byteOffset, sketch.byteLength).getFloat64(1, true);
}

/** Four significant digits: more than a table shows. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}

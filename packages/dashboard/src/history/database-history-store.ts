import type { DashboardDatabase } from '../database.ts';
import type { Mark } from '../api/series.ts';
import { CATALOGUE, METRIC_NAMES } from './catalogue.ts';
import { LEVELS, type HistoryQuestion, type HistoryRow, type HistoryStore } from './history-store.ts';
import { isSketch, type PackedSketch } from './sketch-codec.ts';
import { SKETCH_NAMES, type SketchName } from './sketches.ts';

interface MetricSet {
  readonly id: number;
  readonly names: readonly string[];
}

const NOTHING: HistoryRow['sketches'] = new Map();

/**
 * A history in PostgreSQL, shared by every process: one row per bucket and process, readings as an array whose order is
 * that of a set of names kept once. Tables: `dashboardMigrationSql`.
 */
export function createDatabaseHistoryStore(database: DashboardDatabase): HistoryStore {
  let ownSet: Promise<number> | undefined;
  let sets: readonly MetricSet[] = [];

  const registerSet = async (): Promise<number> => {
    await database.query('insert into dashboard_metric_sets (names) values ($1) on conflict do nothing', [
      [...METRIC_NAMES],
    ]);
    const { rows } = await database.query<{ id: number }>('select id from dashboard_metric_sets where names = $1', [
      [...METRIC_NAMES],
    ]);
    const [set] = rows;
    if (set === undefined) throw new Error('The set of metric names was not kept.');
    return set.id;
  };

  const setId = (): Promise<number> =>
    (ownSet ??= registerSet().catch((error: unknown) => {
      ownSet = undefined;
      throw error;
    }));

  const loadSets = async (): Promise<void> => {
    sets = (await database.query<MetricSet>('select id, names from dashboard_metric_sets')).rows;
  };

  return {
    async write(rows) {
      if (rows.length === 0) return;
      await database.query(WRITE, [JSON.stringify(rows.map(toJson)), await setId()]);
    },
    async read(question) {
      await loadSets();
      const { rows } = await database.query<Record<string, unknown>>(toSelect(question, sets), [
        question.stepMs,
        question.from,
        question.to,
        question.instance ?? null,
      ]);
      const indexes = question.metrics.map((name) => METRIC_NAMES.indexOf(name));
      return rows.map((row) => toRow(row, question, indexes));
    },
    async expire(now) {
      for (const { stepMs, keptMs } of LEVELS)
        await database.query('delete from dashboard_history where step_ms = $1 and at < $2', [stepMs, now - keptMs]);
      await database.query('delete from dashboard_instances where last_seen_at < $1', [now - LONGEST_KEPT_MS]);
      await database.query('delete from dashboard_marks where at < $1', [now - LONGEST_KEPT_MS]);
    },
    async report({ id, startedAt, lastSeenAt, release }) {
      await database.query(
        `insert into dashboard_instances (id, started_at, last_seen_at, release) values ($1, $2, $3, $4)
         on conflict (id) do update set last_seen_at = excluded.last_seen_at`,
        [id, startedAt, lastSeenAt, release],
      );
    },
    async instances(since) {
      const { rows } = await database.query<Awaited<ReturnType<HistoryStore['instances']>>[number]>(
        `select id, started_at::float8 as "startedAt", last_seen_at::float8 as "lastSeenAt", release
         from dashboard_instances where last_seen_at >= $1 order by started_at, id`,
        [since],
      );
      return rows;
    },
    async mark({ id, at, kind, label, by }) {
      const { rows } = await database.query(
        `insert into dashboard_marks (id, at, kind, label, set_by) values ($1, $2, $3, $4, $5)
         on conflict do nothing returning id`,
        [id, at, kind, label, by],
      );
      return rows.length > 0;
    },
    async marks(from, to) {
      const { rows } = await database.query<Mark>(
        `select id, at::float8 as at, kind, label, set_by as by from dashboard_marks
         where at >= $1 and at < $2 order by at, id limit 500`,
        [from, to],
      );
      return rows;
    },
  };
}

const LONGEST_KEPT_MS = Math.max(...LEVELS.map(({ keptMs }) => keptMs));

const WRITE = `
insert into dashboard_history (step_ms, at, instance, set_id, covered_ms, readings, sketches)
select step_ms, at, instance, $2::integer, covered_ms, readings, sketches
from jsonb_to_recordset($1::jsonb)
  as row (step_ms integer, at bigint, instance text, covered_ms integer, readings real[], sketches bytea[])
on conflict (step_ms, at, instance) do update
set set_id = excluded.set_id, covered_ms = excluded.covered_ms, readings = excluded.readings, sketches = excluded.sketches`;

function toJson({ stepMs, at, instance, coveredMs, values, sketches }: HistoryRow): object {
  return {
    step_ms: stepMs,
    at,
    instance,
    covered_ms: coveredMs,
    readings: Array.from(values, (value) => (Number.isNaN(value) ? null : toReal(value))),
    sketches: SKETCH_NAMES.map((name) => {
      const sketch = sketches.get(name);
      return sketch === undefined ? null : `\\x${Buffer.from(sketch).toString('hex')}`;
    }),
  };
}

/** What four bytes can hold: seven digits, and no numbers so small that PostgreSQL calls them out of range. */
function toReal(value: number): number {
  return Math.abs(value) < 1e-30 ? 0 : Number(value.toPrecision(7));
}

/** One column per metric and sketch; places in the arrays are whole numbers from our own tables, never input. */
function toSelect({ metrics, sketches }: HistoryQuestion, sets: readonly MetricSet[]): string {
  const columns = metrics.map((name, column) => {
    const cases = sets.flatMap(({ id, names }) => {
      const place = names.indexOf(name);
      return place === -1 ? [] : [`when ${id} then readings[${place + 1}]`];
    });
    return cases.length === 0 ? `null::real as m${column}` : `case set_id ${cases.join(' ')} end as m${column}`;
  });
  const packed = sketches.map((name) => `sketches[${SKETCH_NAMES.indexOf(name) + 1}] as s_${name}`);
  return `select at::float8 as at, instance, covered_ms as covered, ${[...columns, ...packed, '1 as one'].join(', ')}
    from dashboard_history
    where step_ms = $1 and at >= $2 and at < $3 and ($4::text is null or instance = $4)`;
}

function toRow(row: Record<string, unknown>, question: HistoryQuestion, indexes: readonly number[]): HistoryRow {
  const values = new Float64Array(CATALOGUE.length).fill(Number.NaN);
  for (const [column, index] of indexes.entries()) {
    const value = row[`m${column}`];
    if (typeof value === 'number' && index >= 0) values[index] = value;
  }
  return {
    stepMs: question.stepMs,
    at: Number(row['at']),
    instance: String(row['instance']),
    coveredMs: Number(row['covered']),
    values,
    sketches: question.sketches.length === 0 ? NOTHING : toSketches(row, question.sketches),
  };
}

function toSketches(row: Record<string, unknown>, names: readonly SketchName[]): ReadonlyMap<SketchName, PackedSketch> {
  return new Map(
    names.flatMap((name) => {
      const bytes = row[`s_${name}`];
      return isSketch(bytes) ? [[name, bytes]] : [];
    }),
  );
}

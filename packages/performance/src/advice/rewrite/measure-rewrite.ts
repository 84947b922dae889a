import type { BatchRewrite, Database, Queryable } from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';
import type { SampledExecutions } from './value-samples.ts';

/** One statement against many, measured on the real database. */
export interface RewriteMeasurement {
  /** Values that were asked for. */
  readonly valueCount: number;
  readonly rounds: number;
  /** Medians of the time for all values, milliseconds. */
  readonly oneByOneMs: number;
  readonly togetherMs: number;
  /** Smallest and largest ratio of a round. */
  readonly ratios: readonly [low: number, high: number];
}

/** What is measured, and where. */
export interface RewriteTrial {
  /** May read the tables; nothing is written. */
  readonly database: Pick<Database, 'transaction'>;
  readonly clock: Clock;
  readonly samples: SampledExecutions;
  readonly rewrite: BatchRewrite;
  /** Executions that one request sends. */
  readonly perRequest: number;
}

const ROUNDS = 5;
const FEWEST_VALUES = 5;
const MOST_MS = '5s';
const MOST_ROWS = 20_000;

type Row = Readonly<Record<string, unknown>>;

/**
 * Runs both forms in turns in one read-only transaction, so that they see the same data, after having checked that they
 * give the same rows. `different` when they do not, `few` when too few different values are known.
 */
export async function measureRewrite(trial: RewriteTrial): Promise<RewriteMeasurement | 'different' | 'few'> {
  const { database, clock, rewrite, samples, perRequest } = trial;
  const executions = differentIn(samples.values, rewrite.parameter).slice(0, Math.max(FEWEST_VALUES, perRequest));
  const [first] = executions;
  if (first === undefined || executions.length < FEWEST_VALUES) return 'few';
  const together = first.with(
    rewrite.parameter,
    executions.map((values) => values[rewrite.parameter]),
  );
  return database.transaction(
    async (sql) => {
      if (rewrite.needsUnique && !(await isUnique(sql, rewrite))) return 'different';
      if (!(await givesTheSame(sql, { samples, rewrite, executions, together }))) return 'different';
      const rounds: { readonly oneByOneMs: number; readonly togetherMs: number }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const startedAt = clock.monotonic();
        for (const values of executions) await sql.query(samples.text, values);
        const turnedAt = clock.monotonic();
        await sql.query(rewrite.text, together);
        rounds.push({ oneByOneMs: turnedAt - startedAt, togetherMs: clock.monotonic() - turnedAt });
      }
      const ratios = rounds.map(({ oneByOneMs, togetherMs }) => oneByOneMs / Math.max(togetherMs, LEAST_MS));
      return {
        valueCount: executions.length,
        rounds: ROUNDS,
        oneByOneMs: medianOf(rounds.map(({ oneByOneMs }) => oneByOneMs)),
        togetherMs: Math.max(LEAST_MS, medianOf(rounds.map(({ togetherMs }) => togetherMs))),
        ratios: [Math.min(...ratios), Math.max(...ratios)],
      };
    },
    { readOnly: true, settings: { statement_timeout: MOST_MS } },
  );
}

/** Below the resolution of the clock. */
const LEAST_MS = 0.01;

/** Executions that differ in that parameter alone from the first, each value once. */
function differentIn(all: readonly (readonly unknown[])[], parameter: number): (readonly unknown[])[] {
  const [first] = all;
  const others = (values: readonly unknown[]): string => JSON.stringify(values.with(parameter, null));
  const seen = new Map<string, readonly unknown[]>();
  if (first === undefined) return [];
  for (const values of all) {
    const value = values[parameter];
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
    if (isPlain && others(values) === others(first)) seen.set(String(value), values);
  }
  return [...seen.values()];
}

async function isUnique(sql: Queryable, { table, column }: BatchRewrite): Promise<boolean> {
  if (table === undefined) return false;
  const { rows } = await sql.query(
    `select from pg_catalog.pg_index i join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indrelid = to_regclass($1) and i.indisunique and i.indisvalid and i.indnkeyatts = 1 and i.indpred is null
        and a.attname = $2`,
    [table, column],
  );
  return rows.length > 0;
}

async function givesTheSame(
  sql: Queryable,
  {
    samples,
    rewrite,
    executions,
    together,
  }: Pick<RewriteTrial, 'samples' | 'rewrite'> & {
    readonly executions: readonly (readonly unknown[])[];
    readonly together: readonly unknown[];
  },
): Promise<boolean> {
  const { rows } = await sql.query<Row>(rewrite.text, together);
  if (rows.length === 0 || rows.length > MOST_ROWS) return false;
  const byKey = Map.groupBy(rows, (row) => String(row[rewrite.keyColumn]));
  for (const values of executions) {
    const alone = (await sql.query<Row>(samples.text, values)).rows;
    const own = byKey.get(String(values[rewrite.parameter])) ?? [];
    if (toBag(alone, undefined) !== toBag(own, rewrite.isKeyAdded ? rewrite.keyColumn : undefined)) return false;
  }
  return true;
}

/** Rows without regard to their order, without `leftOut`. */
function toBag(rows: readonly Row[], leftOut: string | undefined): string {
  return rows
    .map((row) => JSON.stringify(Object.entries(row).filter(([name]) => name !== leftOut)))
    .toSorted()
    .join('\n');
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

import type { Clock } from '@dataguardian/telemetry';
import type { Queryable } from '../queryable.ts';
import { childrenOf, toPlanNode, type PlanNode } from '../statements/plan-text.ts';
import type { ScratchCopy } from './scratch-copy.ts';
import { toLiteral } from './sql-literal.ts';
import type { WorkloadStatement } from './workload.ts';

/** What a statement does with a set of indexes: its plan, and later its time. */
export interface Intention {
  /** The same for plans that do the same, whatever the planner's figures. */
  readonly shape: string;
  readonly cost: number;
  readonly indexes: ReadonlySet<string>;
}

/** How a statement would be planned for an application that prepares it. */
export interface Planned {
  readonly intentions: readonly Intention[];
  /** For its values each time, or once for all. */
  readonly mode: 'custom' | 'generic';
  /** Both cost so nearly the same that the next ANALYZE may turn it over. */
  readonly isTossUp: boolean;
}

/** One of a statement's samples is executed: the next one with the next `turn`. */
export interface Execution {
  readonly statement: WorkloadStatement;
  readonly mode: Planned['mode'];
  readonly turn: number;
}

/** Runs statements of the workload on a copy, on the way on which the application sends them. */
export interface Trial {
  /** Prepares the statement once; false when the server refuses it. */
  prepare(statement: WorkloadStatement): Promise<boolean>;
  /** The plan of each sample. Call it inside {@link ScratchCopy.without}. */
  plan(sql: Queryable, statement: WorkloadStatement): Promise<Planned>;
  /** Executes each sample once; the mean time of one. A sample that runs into the time limit counts as that. */
  run(sql: Queryable, statement: WorkloadStatement, mode: Planned['mode']): Promise<number>;
  /**
   * Executes statements one after another; the time of the last one. Where it is planned as the one before it is, nothing
   * goes to the server between the two.
   */
  runLast(sql: Queryable, executions: readonly Execution[]): Promise<number>;
  /** Forgets what was prepared. */
  close(): Promise<void>;
}

interface PreparedSample {
  /** What EXECUTE is told, for the planner. */
  readonly call: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Executed {
  readonly ms: number;
  readonly failed: boolean;
}

/** @param timeoutMs What an execution that was cut off counts as. */
export function createTrial(
  sql: Queryable,
  copy: ScratchCopy,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Trial {
  const prepared = new Map<WorkloadStatement, readonly PreparedSample[]>();
  const names: string[] = [];

  const enter = async (session: Queryable, mode: Planned['mode']): Promise<void> => {
    await session.query(`savepoint dgopt_run; set local plan_cache_mode = force_${mode}_plan`);
  };
  /** What a write left behind would make the next one slower. */
  const leave = async (session: Queryable): Promise<void> => {
    await session.query('rollback to savepoint dgopt_run; release savepoint dgopt_run');
  };
  const execute = async (session: Queryable, { text, values }: PreparedSample): Promise<Executed> => {
    const startedAt = clock.monotonic();
    try {
      // Not by EXECUTE: what the protocol and the reading of rows take belongs to what the application waits for.
      await session.query(text, values);
      return { ms: clock.monotonic() - startedAt, failed: false };
    } catch {
      return { ms: Math.min(timeoutMs, clock.monotonic() - startedAt), failed: true };
    }
  };

  return {
    async prepare(statement) {
      const samples: PreparedSample[] = [];
      for (const [place, { text, values }] of statement.samples.entries()) {
        const name = `dgopt_${names.length}_${place}`;
        try {
          const copyText = toCopyText(text, statement, copy.schema);
          await sql.query(`prepare ${name} as ${copyText}`);
          names.push(name);
          const call = values.length === 0 ? name : `${name}(${values.map(toLiteral).join(', ')})`;
          samples.push({ call, text: copyText, values });
          // Values that do not fit show here, and not in the middle of a comparison.
          await sql.query(`explain (format json) execute ${call}`);
        } catch {
          return false;
        }
      }
      prepared.set(statement, samples);
      return samples.length > 0;
    },
    async plan(session, statement) {
      const calls = (prepared.get(statement) ?? []).map(({ call }) => call);
      const custom: Intention[] = [];
      for (const call of calls) custom.push(...(await explain(session, call, 'custom')));
      const [call] = calls;
      if (call?.includes('(') !== true) return { intentions: custom, mode: 'custom', isTossUp: false };
      const generic = await explain(session, call, 'generic');
      const customCost = custom.reduce((sum, { cost }) => sum + cost, 0) / Math.max(1, custom.length);
      const planningCost = PLANNING_COST * (statement.tables.length + 1);
      const anewCost = customCost + planningCost;
      const onceCost = generic[0]?.cost ?? Number.POSITIVE_INFINITY;
      // Where every value costs what the plan for all costs, both move together.
      const isSwayed = custom.some(({ cost }) => Math.abs(cost - onceCost) > planningCost);
      const isTossUp = isSwayed && Math.abs(onceCost - anewCost) <= TOSS_UP_SHARE * anewCost;
      return onceCost < anewCost
        ? { intentions: generic, mode: 'generic', isTossUp }
        : { intentions: custom, mode: 'custom', isTossUp };
    },
    async run(session, statement, mode) {
      const samples = prepared.get(statement) ?? [];
      let totalMs = 0;
      for (const sample of samples) {
        await enter(session, mode);
        totalMs += (await execute(session, sample)).ms;
        await leave(session);
      }
      return totalMs / Math.max(1, samples.length);
    },
    async runLast(session, executions) {
      let entered: Planned['mode'] | undefined;
      let lastMs = 0;
      for (const { statement, mode, turn } of executions) {
        const samples = prepared.get(statement) ?? [];
        const sample = samples[turn % Math.max(1, samples.length)];
        if (sample === undefined) continue;
        // Without values there is one plan, whatever the mode.
        if (entered === undefined || (entered !== mode && sample.values.length > 0)) {
          if (entered !== undefined) await leave(session);
          await enter(session, mode);
          entered = mode;
        }
        const { ms, failed } = await execute(session, sample);
        lastMs = ms;
        if (!failed) continue;
        await leave(session);
        entered = undefined;
      }
      if (entered !== undefined) await leave(session);
      return lastMs;
    },
    async close() {
      // By name: the session's other prepared statements belong to the pool.
      for (const name of names) await sql.query(`deallocate ${name}`);
      prepared.clear();
    },
  };
}

/**
 * What the server charges for planning anew, per table: after five executions a prepared statement is planned once for
 * all values if that looks cheaper than planning for each (PostgreSQL 18, `plan_cache_mode`).
 */
const PLANNING_COST = 2.5;
/**
 * Costs move by about this share from one ANALYZE to the next: of its 30,000 rows 500 have a value that a sixtieth of the
 * table has, give or take 22.
 */
const TOSS_UP_SHARE = 0.05;

async function explain(sql: Queryable, call: string, mode: Planned['mode']): Promise<readonly Intention[]> {
  // Two commands in one text: the last one's rows are the answer.
  const { rows } = await sql.query(
    `set local plan_cache_mode = force_${mode}_plan; explain (format json) execute ${call}`,
  );
  const node = toPlanNode(Object.values(rows[0] ?? {})[0]);
  return node === undefined ? [] : [toIntention(node)];
}

/** Names with a schema must mean the copy too. Locations in the parse tree are none of strings, so this reads words. */
function toCopyText(text: string, { tables }: WorkloadStatement, schema: string): string {
  return tables.reduce((result, { schema: own, name }) => {
    const quoted = (word: string): string => `(?:${escape(word)}|"${escape(word.replaceAll('"', '""'))}")`;
    return result.replaceAll(
      new RegExp(String.raw`(?<![\w".'])${quoted(own)}\s*\.\s*(?=${quoted(name)}(?![\w"]))`, 'g'),
      `${schema}.`,
    );
  }, text);
}

function escape(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function toIntention(node: PlanNode): Intention {
  const indexes = new Set<string>();
  const describe = (part: PlanNode): string => {
    const { 'Index Name': index, 'Relation Name': relation, 'Node Type': type } = part;
    if (typeof index === 'string') indexes.add(index);
    return `${String(type)}:${String(relation)}:${String(index)}(${childrenOf(part).map(describe).join(',')})`;
  };
  return { shape: describe(node), cost: Number(node['Total Cost'] ?? 0), indexes };
}

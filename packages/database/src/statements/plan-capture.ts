import type { Clock } from '@dataguardian/telemetry';
import type { Queryable } from '../queryable.ts';
import { maskPlan, renderPlan, toPlanNode, type PlanNode } from './plan-text.ts';
import type { StatementStatistics } from './statement-statistics.ts';

/** The planner's intention for a statement, without literals. */
export interface CapturedPlan {
  readonly fingerprint: string;
  /** Epoch milliseconds. */
  readonly capturedAt: number;
  /** Planned with values of a sampled execution, or for any values. */
  readonly method: 'sampled' | 'generic';
  /** Mean time of the statement when it was captured. */
  readonly meanMs: number;
  readonly plan: PlanNode;
  readonly text: string;
}

/** Asks for plans of slow statements. */
export interface PlanCapture {
  /** Explains the slowest statements whose plan is missing or old; never executes them. Returns how many it captured. */
  capture(): Promise<number>;
  planOf(fingerprint: string): CapturedPlan | undefined;
}

/** What plans are taken from. */
export interface PlanCaptureOptions {
  readonly database: PlanCaptureDatabase;
  readonly statements: StatementStatistics;
  readonly clock: Clock;
  /** Statements with a mean above this are explained. @defaultValue 10 */
  readonly slowMs?: number;
}

/** What a capture needs of a database: one read-only transaction, as the role whose statements are explained. */
export interface PlanCaptureDatabase {
  transaction<Result>(
    work: (transaction: Queryable) => Promise<Result>,
    options?: { readonly readOnly?: boolean },
  ): Promise<Result>;
}

const SLOW_MS = 10;
const AT_ONCE = 5;
const PLANS_KEPT = 200;
const CAPTURE_AGAIN_MS = 10 * 60_000;
const EXPLAINABLE = /^\s*(?:select|with|insert|update|delete|merge|values|table)\b/i;

export function createPlanCapture(options: PlanCaptureOptions): PlanCapture {
  const { database, statements, clock, slowMs = SLOW_MS } = options;
  const plans = new Map<string, CapturedPlan>();
  const triedAt = new Map<string, number>();

  const explain = async (
    fingerprint: string,
    statement: string,
  ): Promise<Pick<CapturedPlan, 'method' | 'plan'> | undefined> => {
    const [sample] = statements.sampler.samplesOf(fingerprint);
    const method = sample === undefined ? 'generic' : 'sampled';
    const text = `explain (${method === 'generic' ? 'generic_plan, ' : ''}format json) ${sample?.text ?? toParameters(statement)}`;
    const { rows } = await database.transaction((sql) => sql.query(text, sample?.values ?? []), { readOnly: true });
    const plan = toPlanNode(Object.values(rows[0] ?? {})[0]);
    return plan === undefined ? undefined : { method, plan };
  };

  return {
    planOf: (fingerprint) => plans.get(fingerprint),
    async capture() {
      const due = statements
        .top({ by: 'mean', limit: PLANS_KEPT })
        .filter(({ meanMs, statement }) => meanMs >= slowMs && EXPLAINABLE.test(statement))
        .filter(({ fingerprint }) => clock.now() - (triedAt.get(fingerprint) ?? 0) >= CAPTURE_AGAIN_MS)
        .slice(0, AT_ONCE);
      let capturedCount = 0;
      for (const { fingerprint, statement, meanMs } of due) {
        if (triedAt.size >= PLANS_KEPT) triedAt.clear();
        triedAt.set(fingerprint, clock.now());
        // What cannot be planned (lists, types that only the values tell) stays without a plan.
        const explained = await explain(fingerprint, statement).catch(() => undefined);
        if (explained === undefined) continue;
        capturedCount += 1;
        const plan = maskPlan(explained.plan);
        if (plans.size >= PLANS_KEPT) plans.delete(plans.keys().next().value ?? '');
        plans.set(fingerprint, {
          fingerprint,
          capturedAt: clock.now(),
          method: explained.method,
          meanMs,
          plan,
          text: renderPlan(plan),
        });
      }
      return capturedCount;
    },
  };
}

/** Gives masked literals numbers of their own, so that the shape can be planned. */
function toParameters(statement: string): string {
  let next = Math.max(0, ...[...statement.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  return statement.replaceAll(/(?<=[\s(,=<>])\?(?=[\s),;]|$)/g, () => `$${++next}`);
}

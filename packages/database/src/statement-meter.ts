import { queries, systemClock, type Clock } from '@dataguardian/telemetry';
import { toFingerprint } from './fingerprint.ts';
import type { FinishedStatement, StatementObserver, StatementResult } from './statement-runner.ts';

/** A statement about to run. */
export interface MeteredStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Whether it runs on a lent session. */
  readonly lent: boolean;
  /** What its caller has waited for the session before. */
  readonly waitedMs: number;
}

/** Runs `run`, tells observers and telemetry how it went, and hands its outcome on. */
export type StatementMeter = (
  statement: MeteredStatement,
  run: () => Promise<StatementResult>,
) => Promise<StatementResult>;

/** Costs one test a statement while nobody listens. */
export function createStatementMeter(clock: Clock, observers: readonly StatementObserver[]): StatementMeter {
  const isSystemTime = clock === systemClock;
  const report = (statement: FinishedStatement, endedAtMs: number): void => {
    for (const observer of observers) observer.finished(statement);
    if (!queries.hasSubscribers) return;
    const { id, statement: shape } = toFingerprint(statement.text);
    const { durationMs, waitMs, rowCount, verdict, failed, caller } = statement;
    queries.publish({
      fingerprint: id,
      statement: shape,
      durationMs,
      waitMs,
      rowCount,
      verdict,
      failed,
      caller,
      endedAtMs: isSystemTime ? endedAtMs : undefined,
    });
  };

  const meter: StatementMeter = async ({ text, values, lent, waitedMs }, run) => {
    let caller: string | undefined;
    for (const observer of observers) caller ??= observer.asked(text);
    const askedAt = clock.monotonic();
    const outcome = { text, values, lent, caller };
    try {
      const result = await run();
      const { rowCount, verdict = 'off', waitMs = 0 } = result;
      const endedAtMs = clock.monotonic();
      const durationMs = endedAtMs - askedAt + waitedMs;
      report({ ...outcome, durationMs, waitMs: waitMs + waitedMs, rowCount, verdict, failed: false }, endedAtMs);
      return result;
    } catch (error) {
      const endedAtMs = clock.monotonic();
      const durationMs = endedAtMs - askedAt + waitedMs;
      report({ ...outcome, durationMs, waitMs: waitedMs, rowCount: 0, verdict: 'off', failed: true }, endedAtMs);
      throw error;
    }
  };
  return (statement, run) => (observers.length > 0 || queries.hasSubscribers ? meter(statement, run) : run());
}

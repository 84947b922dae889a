import {
  createIndexAdvisor,
  createPlanCapture,
  type Database,
  type IndexAdvisor,
  type IndexFinding,
  type IndexProof,
  type StatementStatistics,
} from '@dataguardian/database';
import { watchDatabase } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import { createCostlyStatements } from './advice/costly-statements.ts';
import { measureWay, toSeenTimes, type SeenTimes } from './advice/seen-times.ts';
import { createDatabaseSource, type DatabaseSource } from './sources/database-source.ts';

/** What looks after the database with the rights of its owner. */
export interface Maintenance {
  readonly indexes: IndexAdvisor;
  readonly source: DatabaseSource;
  /** Fingerprints of statements that cost enough of late for a look at indexes. */
  costly(): ReadonlySet<string>;
  /** What the application would see of a change of indexes. */
  seen(proof: IndexProof): Promise<SeenTimes>;
  close(): void;
}

/** The databases, and what is known of the statements. */
export interface MaintenanceOptions {
  readonly database: Database;
  readonly maintenance: Database;
  readonly statements: StatementStatistics;
  /** What the pool of `database` keeps open. */
  readonly minConnections: number;
  readonly clock: Clock;
  readonly onFault: (component: string, error: unknown) => void;
}

const CAPTURE_EVERY_MS = 60_000;
/** A fault of a few seconds is not to be averaged with the time before it. */
const COUNT_EVERY_MS = 5_000;
/** Copying tables costs the machine something: only for statements that cost more. */
const COSTLY_MS = 3;
const OFTEN = 20;

/** Captures plans, watches locks, advises indexes. */
export function watchMaintenance(options: MaintenanceOptions): Maintenance {
  const { database, maintenance, statements, minConnections, clock, onFault } = options;
  const plans = createPlanCapture({ database: maintenance, statements, clock });
  const costly = createCostlyStatements(statements, { meanMs: COSTLY_MS, count: OFTEN }, clock);
  let findings: readonly IndexFinding[] = [];
  const advisor = createIndexAdvisor({
    database: maintenance,
    statements,
    clock,
    earlier: () => costly.earlier(),
    carriers: [database],
  });
  const indexes: IndexAdvisor = {
    ...advisor,
    async recommend() {
      const advice = await advisor.recommend();
      ({ findings } = advice);
      return advice;
    },
  };
  const capturing = clock.repeat(CAPTURE_EVERY_MS, () => {
    plans.capture().catch((error: unknown) => onFault('plan capture', error));
  });
  const counting = clock.repeat(COUNT_EVERY_MS, () => costly.count());
  const stopWatching = watchDatabase({ query: (text, values) => maintenance.query(text, values), clock });
  const source = createDatabaseSource({
    database,
    maintenance,
    statements,
    plans,
    findings: () => findings,
    minConnections,
    clock,
  });
  return {
    indexes,
    source,
    costly: () => costly.since(),
    async seen(proof) {
      // Without the application’s pool there is no way to measure.
      const wayMs = await measureWay(database, clock).catch(() => []);
      return toSeenTimes(proof, { now: statements.served(), earlier: costly.earlier(), wayMs });
    },
    close() {
      source.close();
      capturing.cancel();
      counting.cancel();
      stopWatching();
    },
  };
}

import { createDatabase, createStatementStatistics, type Database, type StatementStatistics } from '../../src/index.ts';
import { postgresForTest } from '@dataguardian/testing';

/** A database of its own whose statements are counted. */
export interface ObservedDatabase {
  readonly statements: StatementStatistics;
  readonly database: Database;
  close(): Promise<void>;
}

/** Opens one that keeps no connection open. */
export async function openObserved(): Promise<ObservedDatabase> {
  const postgres = await postgresForTest();
  const statements = createStatementStatistics();
  const database = createDatabase({
    connectionString: postgres.url,
    minConnections: 0,
    statementObservers: [statements.observer],
  });
  return {
    statements,
    database,
    async close() {
      statements.close();
      await database.close();
      await postgres.close();
    },
  };
}

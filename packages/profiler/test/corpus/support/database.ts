import { createDatabase, type Database, type DatabaseOptions } from '@dataguardian/database';
import { watchDatabase } from '@dataguardian/profiler';

/** The database of the test, watched as the product watches its own. */
export function openDatabase(
  options: Pick<DatabaseOptions, 'maxConnections' | 'minConnections' | 'laneCount' | 'leakThresholdMs'> = {},
): Database & { readonly end: () => Promise<void> } {
  const database = createDatabase({ connectionString: process.env['DATABASE_URL'] ?? '', ...options });
  const stop = watchDatabase({ query: (text, values) => database.query(text, values), lookEveryMs: 100 });
  return {
    ...database,
    end: async () => {
      stop();
      await database.close();
    },
  };
}

import { DatabaseError } from '../errors.ts';
import { resolveDatabaseOptions, type DatabaseOptions } from '../options.ts';
import { createQueryCache, type QueryCache } from './query-cache.ts';

/**
 * A query cache for a pool that is not a `Database`'s own: what stands between its `query` and its connections. The
 * connections must start with the observer's settings, and go to the server that `options` name.
 * @throws DatabaseError DATABASE_OPTIONS_INVALID
 */
export function createQueryCacheLayer(options: DatabaseOptions = {}): QueryCache {
  return createQueryCache({
    options: resolveDatabaseOptions({ queryCache: 'on', ...options }),
    readWithSettings: () =>
      Promise.reject(
        new DatabaseError('DATABASE_OPTIONS_INVALID', 'A layer has no transactions: use cachedRead of a Database.'),
      ),
  });
}

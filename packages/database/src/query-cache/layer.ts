import { DatabaseError } from '../errors.ts';
import { resolveDatabaseOptions, type DatabaseOptions } from '../options.ts';
import { createLookUpSession } from './look-up-session.ts';
import { createQueryCache, type QueryCache } from './query-cache.ts';

/**
 * A query cache for a pool that is not a `Database`'s own: what stands between its `query` and its connections. The
 * connections must start with the observer's settings, and go to the server that `options` name. What the cache itself
 * asks goes over two connections of its own, which do not keep the process alive.
 * @throws DatabaseError DATABASE_OPTIONS_INVALID
 */
export function createQueryCacheLayer(options: DatabaseOptions = {}): QueryCache {
  const resolved = resolveDatabaseOptions({ queryCache: 'on', ...options });
  return createQueryCache({
    options: resolved,
    lookUps: createLookUpSession(resolved),
    readWithSettings: () =>
      Promise.reject(
        new DatabaseError('DATABASE_OPTIONS_INVALID', 'A layer has no transactions: use cachedRead of a Database.'),
      ),
  });
}

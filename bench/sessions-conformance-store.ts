// What bench/sessions-conformance.ts puts in the place of express-session's MemoryStore.
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { createClient } from 'redis';
import {
  createDatabaseBlobs,
  createExpressStore,
  createMemoryBlobs,
  createRedisBlobs,
  type BlobStore,
  type ExpressStoreMethods,
} from '../packages/sessions/src/index.ts';

/** Empty places, one per store: the tests count on finding nothing of each other. */
const PLACES: Readonly<Record<string, () => () => BlobStore>> = {
  memory: () => createMemoryBlobs,
  redis() {
    const client = createClient({ url: process.env['CONFORMANCE_REDIS_URL'] ?? '' });
    const connected = client.connect();
    return () => afterwards(connected, createRedisBlobs({ client, prefix: `${randomUUID()}:` }));
  },
  postgres() {
    const pool = new Pool({ connectionString: process.env['CONFORMANCE_POSTGRES_URL'], max: 4 });
    return () => {
      const emptied = pool.query('truncate express_sessions');
      return afterwards(
        emptied,
        createDatabaseBlobs({
          database: {
            query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
              pool.query<Row>(text, [...values]),
          },
        }),
      );
    };
  },
};

/** The same store, whose calls wait until its place is ready. */
function afterwards(ready: Promise<unknown>, blobs: BlobStore): BlobStore {
  const wait = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await ready;
    return work();
  };
  return {
    read: (id) => wait(() => blobs.read(id)),
    write: (id, body, expiresAt) => wait(() => blobs.write(id, body, expiresAt)),
    touch: (id, expiresAt) => wait(() => blobs.touch(id, expiresAt)),
    remove: (id) => wait(() => blobs.remove(id)),
    all: () => wait(() => blobs.all()),
    count: () => wait(() => blobs.count()),
    clear: () => wait(() => blobs.clear()),
  };
}

type StoreClass = new () => object;

/** A class that is used like express-session's MemoryStore, over the place that the environment names. */
export function createStoreClass(Store: StoreClass): StoreClass {
  const place = PLACES[process.env['CONFORMANCE_STORE'] ?? 'memory'];
  if (place === undefined) throw new Error('CONFORMANCE_STORE must be memory, redis or postgres.');
  const open = place();
  return class extends Store {
    constructor() {
      super();
      const { get, set, touch, destroy, all, length, clear }: ExpressStoreMethods = createExpressStore(Store, {
        blobs: open(),
      });
      Object.assign(this, { get, set, touch, destroy, all, length, clear });
    }
  };
}

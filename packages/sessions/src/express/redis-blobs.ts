import { systemClock, type Clock } from '@dataguardian/telemetry';
import { TOMBSTONE_MS, type BlobStore } from './blob-store.ts';

/** The commands that are used, as node-redis has them. */
export interface RedisBlobClient {
  get(key: string): Promise<string | null>;
  pTTL(key: string): Promise<number>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  pExpire(key: string, milliseconds: number): Promise<unknown>;
  del(keys: string[]): Promise<unknown>;
  scanIterator(options: { MATCH: string; COUNT: number }): AsyncIterable<string[]>;
}

/** How sessions lie in Redis. */
export interface RedisBlobsOptions {
  readonly client: RedisBlobClient;
  /** @defaultValue 'sessions:' */
  readonly prefix?: string;
  readonly clock?: Clock;
}

/** A body begins with this; a tombstone is empty. */
const BODY = 'b';
const WRITE = `if redis.call('get', KEYS[1]) == '' then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1`;
const REMOVE = `redis.call('set', KEYS[1], '', 'PX', ARGV[1]) return 1`;
const SCAN_COUNT = 500;

/** Sessions in Redis or Valkey, with its expiry. A removed one leaves an empty value for a while. */
export function createRedisBlobs({ client, prefix = 'sessions:', clock = systemClock }: RedisBlobsOptions): BlobStore {
  const nameOf = (id: string): string => prefix + id;
  const names = async function* (): AsyncGenerator<string> {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: SCAN_COUNT })) yield* keys;
  };
  const bodies = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const name of names()) {
      const value = await client.get(name);
      if (value?.startsWith(BODY)) found.push(value.slice(BODY.length));
    }
    return found;
  };
  return {
    async read(id) {
      // Sent together: one round trip.
      const [value, leftMs] = await Promise.all([client.get(nameOf(id)), client.pTTL(nameOf(id))]);
      return value?.startsWith(BODY) && leftMs > 0
        ? { body: value.slice(BODY.length), expiresAt: clock.now() + leftMs }
        : undefined;
    },
    async write(id, body, expiresAt) {
      const leftMs = Math.max(1, Math.ceil(expiresAt - clock.now()));
      await client.eval(WRITE, { keys: [nameOf(id)], arguments: [BODY + body, String(leftMs)] });
    },
    async touch(id, expiresAt) {
      if ((await client.get(nameOf(id)))?.startsWith(BODY))
        await client.pExpire(nameOf(id), Math.max(1, Math.ceil(expiresAt - clock.now())));
    },
    async remove(id) {
      await client.eval(REMOVE, { keys: [nameOf(id)], arguments: [String(TOMBSTONE_MS)] });
    },
    all: bodies,
    count: async () => (await bodies()).length,
    async clear() {
      const doomed: string[] = [];
      for await (const name of names()) if ((await client.get(name)) !== '') doomed.push(name);
      if (doomed.length > 0) await client.del(doomed);
    },
  };
}

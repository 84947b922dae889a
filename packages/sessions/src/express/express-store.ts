import { hash } from 'node:crypto';
import { systemClock, type Clock } from '@dataguardian/telemetry';
import type { Blob, BlobStore } from './blob-store.ts';

/** What express-session puts into a store: plain data with a cookie in it. */
export interface ExpressSessionData {
  readonly cookie?: { readonly expires?: Date | string | null; readonly originalMaxAge?: number | null };
}

type Callback<Value = void> = (error?: unknown, value?: Value) => void;

/** The store contract of express-session 1.x (README, "Session Store Implementation"). */
export interface ExpressStoreMethods {
  get(id: string, callback: Callback<ExpressSessionData | null>): void;
  set(id: string, session: ExpressSessionData, callback?: Callback): void;
  touch(id: string, session: ExpressSessionData, callback?: Callback): void;
  destroy(id: string, callback?: Callback): void;
  all(callback: Callback<ExpressSessionData[]>): void;
  length(callback: Callback<number>): void;
  clear(callback?: Callback): void;
}

/** How the store is made. */
export interface ExpressStoreOptions {
  readonly blobs: BlobStore;
  /** Life of a session whose cookie lasts until the browser is closed. @defaultValue 24 hours */
  readonly defaultLifeMs?: number;
  readonly clock?: Clock;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * A store for express-session, over `blobs`. Ids are stored as their SHA-256, a touch never writes data, and a session
 * that was destroyed is not brought back by a request that was under way.
 * @param Base `Store` of the express-session that is in use.
 * @example
 * session({ store: createExpressStore(session.Store, { blobs: createDatabaseBlobs({ database: pool }) }), ... })
 */
export function createExpressStore<Store extends object>(
  Base: abstract new () => Store,
  { blobs, defaultLifeMs = DAY_MS, clock = systemClock }: ExpressStoreOptions,
): Store & ExpressStoreMethods {
  const expiryOf = ({ cookie }: ExpressSessionData): number => {
    const expiresAt = new Date(cookie?.expires ?? Number.NaN).getTime();
    return Number.isNaN(expiresAt) ? clock.now() + defaultLifeMs : expiresAt;
  };
  const methods: ExpressStoreMethods = {
    get: (id, callback) => settle(blobs.read(toKey(id)).then(toSession), callback),
    set: (id, session, callback) =>
      settle(
        Promise.resolve().then(() => blobs.write(toKey(id), JSON.stringify(session), expiryOf(session))),
        callback,
      ),
    touch: (id, session, callback) => settle(blobs.touch(toKey(id), expiryOf(session)), callback),
    destroy: (id, callback) => settle(blobs.remove(toKey(id)), callback),
    all: (callback) =>
      settle(
        blobs.all().then((bodies) => bodies.map((body) => JSON.parse(body))),
        callback,
      ),
    length: (callback) => settle(blobs.count(), callback),
    clear: (callback) => settle(blobs.clear(), callback),
  };
  // Its types call the class abstract, as its methods are missing: they follow at once.
  const Concrete = Base as new () => Store;
  return Object.assign(new Concrete(), methods);
}

function toKey(id: string): string {
  return hash('sha256', id, 'hex');
}

function toSession(blob: Blob | undefined): ExpressSessionData | null {
  if (blob === undefined) return null;
  const session: ExpressSessionData = JSON.parse(blob.body);
  // A touch puts the end off without writing the body, in which the former end stands.
  const { cookie } = session;
  return cookie?.expires === undefined || cookie.expires === null
    ? session
    : { ...session, cookie: { ...cookie, expires: new Date(blob.expiresAt) } };
}

/** Calls back in a turn of its own, so that what the callback throws is nobody's rejected promise. */
function settle<Value>(work: Promise<Value>, callback: Callback<Value> = () => undefined): void {
  work.then(
    (value) => setImmediate(callback, undefined, value),
    (error: unknown) => setImmediate(callback, error),
  );
}

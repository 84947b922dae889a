import { createRequire } from 'node:module';
import { poolLeaks, poolStates, queries } from '@dataguardian/telemetry';
import { createStatementShapes, type StatementShape } from '../statement-shape.ts';
import type { OpenTrace } from '../trace.ts';
import { subscribeTo, type Instrument, type InstrumentContext } from './instrument.ts';
import { standInFront, type AnyFunction } from './stand-in.ts';

/** The parts of `pg` that are stood in front of, by the file that defines them. */
const CLIENT_FILE = /[\\/]pg[\\/]lib[\\/]client\.js$/;
const POOL_FILE = /[\\/]pg-pool[\\/]index\.js$/;
/** A pool's state is told at most this often. */
const STATE_EVERY_MS = 1_000;
/** A client whose request has ended is given back within a turn of the loop; one without a request gets longer. */
const LEAK_AFTER_TRACE_MS = 1_000;
const LEAK_MS = 30_000;

/** A client that somebody has taken from a pool and not given back. */
interface Taken {
  readonly at: number;
  readonly trace: OpenTrace | undefined;
  readonly origin: Error;
  lastStatement: string;
  isReported: boolean;
}

interface PgWatch {
  readonly context: InstrumentContext;
  readonly toShape: (text: string) => StatementShape;
  readonly taken: Map<object, Taken>;
  /** Waits for a connection that the next statement of the client tells. */
  readonly waits: WeakMap<object, number>;
  statedAt: number;
  /** Where `pool.query` was called, while it takes a client by itself and while it is called back with it. */
  queryTrail: readonly string[] | undefined;
}

/**
 * Watches the PostgreSQL driver `pg` where it is used directly: statements, waits for its pool, clients not given back.
 * It publishes what the platform's own pool publishes. `pg` has no channels, so its prototypes are stood in front of,
 * whether it was loaded before or is loaded later. Clients whose `query` somebody else has replaced (the platform's own
 * pool does) tell their statements themselves and are left alone.
 */
export const instrumentPgDriver: Instrument = (context) => {
  const watch: PgWatch = {
    context,
    toShape: createStatementShapes(),
    taken: new Map(),
    waits: new WeakMap(),
    statedAt: Number.NEGATIVE_INFINITY,
    queryTrail: undefined,
  };
  const restores = new Map<string, () => void>();
  const { cache } = createRequire(import.meta.url);
  const look = (): void => {
    for (const [file, loaded] of Object.entries(cache)) {
      if (restores.has(file) || loaded?.loaded !== true) continue;
      if (CLIENT_FILE.test(file)) restores.set(file, watchClients(loaded.exports, watch));
      else if (POOL_FILE.test(file)) restores.set(file, watchPools(loaded.exports, watch));
    }
  };
  look();
  const end = subscribeTo(context, {
    'tracing:module.require:end': ({ id }) => {
      if (typeof id === 'string' && /(?:^|[\\/])pg(?:-pool)?(?:$|[\\/])/.test(id)) look();
    },
  });
  return () => {
    end();
    for (const restore of restores.values()) restore();
  };
};

function watchClients(exported: unknown, watch: PgWatch): () => void {
  return standInFront(prototypeOf(exported), 'query', (original) => {
    return function (...given: unknown[]): unknown {
      const text = toText(given[0]);
      if (!isObject(this) || text === undefined || Object.hasOwn(this, 'query'))
        return Reflect.apply(original, this, given);
      return runStatement(watch, { client: this, text, given }, original);
    };
  });
}

interface StatementCall {
  readonly client: object;
  readonly text: string;
  readonly given: unknown[];
}

function runStatement(watch: PgWatch, call: StatementCall, original: AnyFunction): unknown {
  const { client, given } = call;
  const trace = watch.context.tracer.current();
  const finish = beginStatement(watch, call, trace);
  const last = given.at(-1);
  if (typeof last === 'function') {
    const callback = last as AnyFunction;
    given[given.length - 1] = function (this: unknown, ...results: unknown[]): unknown {
      finish(results[0], results[1]);
      return watch.context.tracer.within(trace, () => Reflect.apply(callback, this, results));
    };
    return Reflect.apply(original, client, given);
  }
  const result: unknown = Reflect.apply(original, client, given);
  if (result instanceof Promise) {
    result.then(
      (value: unknown) => finish(undefined, value),
      (error: unknown) => finish(error, undefined),
    );
  }
  return result;
}

/** Notes the beginning of a statement; what it returns tells the statement once it has ended. Never throws. */
function beginStatement(
  watch: PgWatch,
  { client, text }: StatementCall,
  trace: OpenTrace | undefined,
): (error: unknown, result: unknown) => void {
  const { clock, tracer, sites, onFailure } = watch.context;
  try {
    const shape = watch.toShape(text);
    const holder = watch.taken.get(client);
    if (holder !== undefined) holder.lastStatement = shape.statement;
    const [caller, ...callers] = watch.queryTrail ?? sites.trail(`${trace?.name ?? ''}\n${shape.fingerprint}`);
    const begunAt = clock.monotonic();
    return (error, result) => {
      const waitMs = watch.waits.get(client) ?? 0;
      watch.waits.delete(client);
      const durationMs = clock.monotonic() - begunAt + waitMs;
      const rowCount = rowCountOf(result);
      const failed = error instanceof Error;
      // A subscriber's error goes to whoever listens for those; nothing is thrown here.
      tracer.within(trace, () =>
        queries.publish({ ...shape, durationMs, waitMs, rowCount, verdict: 'off', failed, caller, callers }),
      );
    };
  } catch (error) {
    onFailure(error);
    return () => undefined;
  }
}

function watchPools(exported: unknown, watch: PgWatch): () => void {
  const prototype = prototypeOf(exported);
  const endQuery = standInFront(prototype, 'query', (original) => {
    return function (...given: unknown[]): unknown {
      return withTrail(watch, trailOf(watch, given[0]), () => Reflect.apply(original, this, given));
    };
  });
  const endConnect = standInFront(prototype, 'connect', (original) => {
    return function (...given: unknown[]): unknown {
      if (!isObject(this)) return Reflect.apply(original, this, given);
      return takeClient(watch, { pool: this, given, trail: watch.queryTrail }, original);
    };
  });
  return () => {
    endQuery();
    endConnect();
  };
}

function trailOf({ context, toShape }: PgWatch, query: unknown): readonly string[] {
  try {
    const text = toText(query) ?? '';
    return context.sites.trail(`${context.tracer.current()?.name ?? ''}\n${toShape(text).fingerprint}`);
  } catch (error) {
    context.onFailure(error);
    return [];
  }
}

function withTrail<Result>(watch: PgWatch, trail: readonly string[] | undefined, work: () => Result): Result {
  const before = watch.queryTrail;
  watch.queryTrail = trail;
  try {
    return work();
  } finally {
    watch.queryTrail = before;
  }
}

interface ConnectCall {
  readonly pool: object;
  readonly given: unknown[];
  /** Of the `pool.query` that asks; absent when the program asks by itself. */
  readonly trail: readonly string[] | undefined;
}

function takeClient(watch: PgWatch, { pool, given, trail }: ConnectCall, original: AnyFunction): unknown {
  const { clock, tracer, onFailure } = watch.context;
  const trace = tracer.current();
  const begunAt = clock.monotonic();
  const origin = trail === undefined ? new Error('client taken') : undefined;
  const got = (client: unknown): void => {
    try {
      if (!isObject(client)) return;
      watch.waits.set(client, clock.monotonic() - begunAt);
      if (origin !== undefined) holdClient(watch, client, { trace, origin });
    } catch (error) {
      onFailure(error);
    }
  };
  const [callback] = given;
  let result: unknown;
  if (typeof callback === 'function') {
    result = Reflect.apply(original, pool, [
      // `pg` calls back from whoever gave the client up; the trace of who asked goes on here.
      (...results: unknown[]): unknown => {
        got(results[1]);
        return withTrail(watch, trail, () =>
          tracer.within(trace, () => Reflect.apply(callback as AnyFunction, undefined, results)),
        );
      },
    ]);
  } else {
    result = Reflect.apply(original, pool, given);
    if (result instanceof Promise) result.then(got, () => undefined);
  }
  try {
    tellState(watch, pool);
  } catch (error) {
    onFailure(error);
  }
  return result;
}

/** Remembers who took the client until it is given back. */
function holdClient(watch: PgWatch, client: object, { trace, origin }: Pick<Taken, 'trace' | 'origin'>): void {
  const { clock } = watch.context;
  const release: unknown = Reflect.get(client, 'release');
  if (typeof release !== 'function') return;
  watch.taken.set(client, { at: clock.monotonic(), trace, origin, lastStatement: '', isReported: false });
  Reflect.set(client, 'release', function (this: unknown, ...given: unknown[]): unknown {
    watch.taken.delete(client);
    return Reflect.apply(release as AnyFunction, this, given);
  });
}

function tellState(watch: PgWatch, pool: object): void {
  const now = watch.context.clock.monotonic();
  if (now - watch.statedAt < STATE_EVERY_MS) return;
  watch.statedAt = now;
  const options: unknown = Reflect.get(pool, 'options');
  const max = isObject(options) ? Number(Reflect.get(options, 'max')) || 0 : 0;
  const count = (name: string): number => Number(Reflect.get(pool, name)) || 0;
  const state = { total: count('totalCount'), idle: count('idleCount'), waiting: count('waitingCount'), max };
  poolStates.publish(state);
  for (const taken of watch.taken.values()) {
    const { at, trace, origin, lastStatement, isReported } = taken;
    const heldMs = now - at;
    const isOver = trace?.durationMs !== undefined && now > trace.begunAt + trace.durationMs + LEAK_AFTER_TRACE_MS;
    if (isReported || !(isOver || (trace === undefined && heldMs > LEAK_MS))) continue;
    taken.isReported = true;
    poolLeaks.publish({ heldMs, lastStatement, stack: origin.stack ?? '' });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function prototypeOf(exported: unknown): object {
  const prototype: unknown = typeof exported === 'function' ? exported.prototype : undefined;
  if (!isObject(prototype)) throw new TypeError('pg exports no class here any more.');
  return prototype;
}

/** Text of a statement given as a string or configuration; `undefined` for cursors and streams, which finish elsewhere. */
function toText(query: unknown): string | undefined {
  if (typeof query === 'string') return query;
  if (!isObject(query) || 'submit' in query) return undefined;
  return 'text' in query && typeof query.text === 'string' ? query.text : undefined;
}

function rowCountOf(result: unknown): number {
  return isObject(result) && 'rowCount' in result ? Number(result.rowCount) || 0 : 0;
}

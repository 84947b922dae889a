import crypto from 'node:crypto';
import dns from 'node:dns';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';
import type { SpanKind } from '../span.ts';
import type { OpenTrace } from '../trace.ts';
import type { Instrument, InstrumentContext } from './instrument.ts';
import { standInFront, type AnyFunction } from './stand-in.ts';

/** Functions of Node that work on the thread pool, or stop the loop when they are synchronous. */
const FUNCTIONS: readonly { readonly kind: SpanKind; readonly target: object; readonly names: readonly string[] }[] = [
  {
    kind: 'crypto',
    target: crypto,
    names: ['pbkdf2', 'scrypt', 'hkdf', 'randomBytes', 'randomFill', 'generateKeyPair', 'argon2'].flatMap(withSync),
  },
  {
    kind: 'zlib',
    target: zlib,
    names: ['gzip', 'gunzip', 'deflate', 'inflate', 'deflateRaw', 'inflateRaw', 'unzip']
      .concat('brotliCompress', 'brotliDecompress', 'zstdCompress', 'zstdDecompress')
      .flatMap(withSync),
  },
  {
    kind: 'fs',
    target: fs,
    names: ['readFile', 'writeFile', 'appendFile', 'copyFile', 'readdir', 'stat', 'mkdir', 'rm', 'unlink'].flatMap(
      withSync,
    ),
  },
  {
    kind: 'fs',
    target: fs.promises,
    names: ['readFile', 'writeFile', 'appendFile', 'copyFile', 'readdir', 'stat', 'mkdir', 'rm', 'unlink'],
  },
  { kind: 'dns', target: dns, names: ['lookup'] },
  { kind: 'dns', target: dns.promises, names: ['lookup'] },
];

/** A synchronous call shorter than this outside of a request is nobody's wait. */
const SHORTEST_SYNC_MS = 5;
/** Shorter ones are counted, but no stack is read for them. */
const SITE_FROM_MS = 1;

/**
 * Times Node's own slow functions by standing in front of them; Node publishes no channels for these. Arguments are
 * passed through unseen. `import { readFile } from 'node:fs'` is covered also when it ran before; a function that was
 * copied earlier (`promisify(pbkdf2)` at load time) is not.
 */
export const instrumentNodeModules: Instrument = (context) => {
  const restores = FUNCTIONS.flatMap(({ kind, target, names }) =>
    names.map((name) => standInFront(target, name, (original) => wrap(original, { kind, name, context }))),
  );
  syncBuiltinESMExports();
  return () => {
    for (const restore of restores) restore();
    syncBuiltinESMExports();
  };
};

interface Wrapped {
  readonly kind: SpanKind;
  readonly name: string;
  readonly context: InstrumentContext;
}

interface Call {
  readonly begunAt: number;
  readonly trace: OpenTrace | undefined;
  readonly site: string | undefined;
}

function wrap(original: AnyFunction, wrapped: Wrapped): AnyFunction {
  const isSync = wrapped.name.endsWith('Sync');
  return function (this: unknown, ...parameters: unknown[]): unknown {
    if (isSync) return callSync(wrapped, () => Reflect.apply(original, this, parameters));
    const callback = parameters.at(-1);
    if (typeof callback === 'function') {
      const call = begin(wrapped);
      parameters[parameters.length - 1] = function (this: unknown, ...results: unknown[]): unknown {
        end(wrapped, call, results[0] instanceof Error);
        return Reflect.apply(callback as AnyFunction, this, results);
      };
      return Reflect.apply(original, this, parameters);
    }
    const call = begin(wrapped);
    const result = Reflect.apply(original, this, parameters);
    if (!(result instanceof Promise)) return result;
    return result.then(
      (value: unknown) => {
        end(wrapped, call, false);
        return value;
      },
      (error: unknown) => {
        end(wrapped, call, true);
        throw error;
      },
    );
  };
}

function callSync(wrapped: Wrapped, call: () => unknown): unknown {
  const { clock, tracer } = wrapped.context;
  const begunAt = clock.monotonic();
  let failed = true;
  try {
    const result = call();
    failed = false;
    return result;
  } finally {
    guarded(wrapped, () => {
      const trace = tracer.current();
      const durationMs = clock.monotonic() - begunAt;
      if (trace !== undefined || durationMs >= SHORTEST_SYNC_MS) {
        const site = durationMs < SITE_FROM_MS ? undefined : siteOf(wrapped, trace);
        record(wrapped, { begunAt, trace, site }, { durationMs, failed, isSync: true });
      }
    });
  }
}

function begin(wrapped: Wrapped): Call {
  const { clock, tracer } = wrapped.context;
  const trace = tracer.current();
  let site: string | undefined;
  guarded(wrapped, () => {
    site = siteOf(wrapped, trace);
  });
  return { begunAt: clock.monotonic(), trace, site };
}

function end(wrapped: Wrapped, call: Call, failed: boolean): void {
  guarded(wrapped, () => {
    const durationMs = wrapped.context.clock.monotonic() - call.begunAt;
    record(wrapped, call, { durationMs, failed });
  });
}

function record(
  { kind, name, context }: Wrapped,
  { begunAt, trace, site }: Call,
  result: { readonly durationMs: number; readonly failed: boolean; readonly isSync?: boolean },
): void {
  context.tracer.record({ kind, name, begunAt, ...result, ...(site === undefined ? {} : { site }) }, trace);
}

/** Files are read too often for a stack each time; what takes milliseconds of the pool is worth one. */
function siteOf({ kind, name, context }: Wrapped, trace: OpenTrace | undefined): string | undefined {
  return context.sites.find(kind === 'fs' ? `${trace?.name ?? ''}\n${name}` : undefined);
}

function guarded({ context }: Wrapped, work: () => void): void {
  try {
    work();
  } catch (error) {
    context.onFailure(error);
  }
}

function withSync(name: string): readonly string[] {
  return [name, `${name}Sync`];
}

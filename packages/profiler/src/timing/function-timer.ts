import type { Clock } from '@dataguardian/telemetry';
import type { Ranking } from '../ranking.ts';
import type { Tracer } from '../tracing/tracer.ts';

/** Counts calls, time and errors of functions by name. */
export interface FunctionTimer {
  /** Runs `work` and counts it. A promise that `work` gives counts until it settles. */
  time<Result>(name: string, work: () => Result): Result;
  /** The same function, counted at every call: sync, async, generators and async iterables. */
  wrapFunction<Parameters extends readonly unknown[], Result>(
    name: string,
    work: (...parameters: Parameters) => Result,
  ): (...parameters: Parameters) => Result;
  /** Counts every own method of the class from now on, as `Class.method`; returns the way back. */
  wrapClass(type: { readonly name: string; readonly prototype: object }): () => void;
  /** Passes an async iterable on; its time is the time spent waiting for values, one call each. */
  wrapIterable<Value>(name: string, iterable: AsyncIterable<Value>): AsyncIterable<Value>;
  /** Decorator of ECMAScript (stage 3) for methods: `@profiler.timed()`. @param name Default: `Class.method`. */
  timed(name?: string): MethodDecorator;
}

/** What the language calls with a method and its description. */
type MethodDecorator = <This, Parameters extends readonly unknown[], Result>(
  method: (this: This, ...parameters: Parameters) => Result,
  context: ClassMethodDecoratorContext<This>,
) => (this: This, ...parameters: Parameters) => Result;

type AnyMethod = (this: unknown, ...parameters: readonly unknown[]) => unknown;

/** Shorter calls are counted, but do not appear as spans of their request. */
const SHORTEST_SPAN_MS = 1;

/** Creates timers that write into `ranking` and onto the trace under way. */
export function createFunctionTimer(clock: Clock, ranking: Ranking, tracer: Tracer): FunctionTimer {
  const finish = (name: string, begunAt: number, failed: boolean): void => {
    const durationMs = clock.monotonic() - begunAt;
    ranking.record(name, durationMs, clock.now(), failed);
    if (durationMs >= SHORTEST_SPAN_MS) tracer.record({ kind: 'function', name, begunAt, durationMs, failed });
  };

  const watch = <Result>(name: string, begunAt: number, result: Result): Result => {
    if (!(result instanceof Promise)) {
      finish(name, begunAt, false);
      return result;
    }
    // The original promise goes back when it has methods of its own; a plain one is replaced by what follows it, so
    // that a rejection which nobody handles stays unhandled.
    const followed = result.then(
      (value: unknown) => {
        finish(name, begunAt, false);
        return value;
      },
      (error: unknown) => {
        finish(name, begunAt, true);
        throw error;
      },
    );
    if (result.constructor === Promise) return followed as Result;
    followed.catch(() => undefined);
    return result;
  };

  const time = <Result>(name: string, work: () => Result): Result => {
    const begunAt = clock.monotonic();
    let result: Result;
    try {
      result = work();
    } catch (error) {
      finish(name, begunAt, true);
      throw error;
    }
    return watch(name, begunAt, result);
  };

  const wrapMethod = (name: string, method: AnyMethod): AnyMethod => {
    const counted = function (this: unknown, ...parameters: readonly unknown[]): unknown {
      const begunAt = clock.monotonic();
      let result: unknown;
      try {
        result = Reflect.apply(method, this, parameters);
      } catch (error) {
        finish(name, begunAt, true);
        throw error;
      }
      return isAsyncGenerator(result) ? countValues(name, result) : watch(name, begunAt, result);
    };
    return Object.defineProperties(counted, Object.getOwnPropertyDescriptors(method));
  };

  const countValues = (name: string, generator: AsyncGenerator): AsyncGenerator => {
    const counted: AsyncGenerator = new Proxy(generator, {
      get: (target, property) => {
        // A loop asks the generator for its iterator, which is the generator: it must get the counted one.
        if (property === Symbol.asyncIterator) return () => counted;
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as AnyMethod;
        return property === 'next'
          ? (...parameters: readonly unknown[]) => time(name, () => method(...parameters))
          : method;
      },
    });
    return counted;
  };

  return {
    time,
    wrapFunction(name, work) {
      // The wrapper takes and gives what the function does; only its type is lost in between.
      return wrapMethod(name, work as unknown as AnyMethod) as unknown as typeof work;
    },
    wrapClass(type) {
      const restores = Object.entries(Object.getOwnPropertyDescriptors(type.prototype)).flatMap(([key, descriptor]) => {
        const method: unknown = descriptor.value;
        if (key === 'constructor' || typeof method !== 'function' || descriptor.configurable !== true) return [];
        const value = wrapMethod(`${type.name}.${key}`, method as AnyMethod);
        Object.defineProperty(type.prototype, key, { ...descriptor, value });
        return [() => void Object.defineProperty(type.prototype, key, descriptor)];
      });
      return () => {
        for (const restore of restores) restore();
      };
    },
    wrapIterable: (name, iterable) => ({
      [Symbol.asyncIterator]() {
        const iterator = iterable[Symbol.asyncIterator]();
        const stop = iterator.return?.bind(iterator);
        return {
          next: () => time(name, () => iterator.next()),
          ...(stop === undefined ? {} : { return: (value?: unknown) => stop(value) }),
        };
      },
    }),
    timed: (name) => (method, context) => {
      type Method = typeof method;
      const className = (receiver: unknown): string =>
        typeof receiver === 'function' ? receiver.name : (Object(receiver) as object).constructor.name;
      const byClass = new Map<string, AnyMethod>();
      return function (this: unknown, ...parameters) {
        const key = name ?? `${className(this)}.${String(context.name)}`;
        const counted = byClass.get(key) ?? wrapMethod(key, method as unknown as AnyMethod);
        byClass.set(key, counted);
        return Reflect.apply(counted, this, parameters) as ReturnType<Method>;
      };
    },
  };
}

function isAsyncGenerator(value: unknown): value is AsyncGenerator {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

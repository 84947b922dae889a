import { createProfiler } from '@dataguardian/profiler';
import { createFakeClock } from '@dataguardian/testing';
import { afterEach, describe, expect, it } from 'vitest';

let stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});

const world = () => {
  const clock = createFakeClock();
  const profiler = createProfiler({ clock, samplingIntervalMs: 0, watchNodeModules: false, heapSampling: 'off' });
  profiler.start();
  stops.push(() => profiler.stop());
  const counters = () =>
    profiler
      .snapshot()
      .functions.map(({ name, count, errorCount }) => ({ name, count, errorCount }))
      .toSorted((a, b) => a.name.localeCompare(b.name));
  return { clock, profiler, counters };
};

describe('timing', () => {
  it('knows calls, total, mean, least, most, latest and errors of a function', async () => {
    const { clock, profiler } = world();
    await profiler.time('load', () => clock.advance(10));
    await profiler.time('load', () => clock.advance(30));
    const [load] = profiler.snapshot().functions;
    expect(load).toMatchObject({
      name: 'load',
      count: 2,
      totalMs: 40,
      meanMs: 20,
      minMs: 10,
      maxMs: 30,
      errorCount: 0,
    });
    expect(load?.lastAt).toBe(clock.now());
  });

  it('wraps a function without changing what it takes, gives, throws or is bound to', async () => {
    const { profiler, counters } = world();
    const add = profiler.wrapFunction('add', (a: number, b: number) => a + b);
    const fail = profiler.wrapFunction('fail', () => Promise.reject(new Error('no')));
    expect(add(1, 2)).toBe(3);
    expect(add.length).toBe(2);
    await expect(fail()).rejects.toThrow('no');
    const shop = {
      name: 'shop',
      tell: profiler.wrapFunction('tell', function (this: { name: string }) {
        return this.name;
      }),
    };
    expect(shop.tell()).toBe('shop');
    expect(counters()).toEqual([
      { name: 'add', count: 1, errorCount: 0 },
      { name: 'fail', count: 1, errorCount: 1 },
      { name: 'tell', count: 1, errorCount: 0 },
    ]);
  });

  it('wraps the methods of a class, and takes the wrappers off again', () => {
    const { profiler, counters } = world();
    class Basket {
      readonly items: string[] = [];
      add(item: string): number {
        return this.items.push(item);
      }
    }
    const restore = profiler.wrapClass(Basket);
    expect(new Basket().add('apple')).toBe(1);
    restore();
    new Basket().add('pear');
    expect(counters()).toEqual([{ name: 'Basket.add', count: 1, errorCount: 0 }]);
  });

  it('counts each value of an async iterable and of a wrapped async generator', async () => {
    const { profiler, counters } = world();
    async function* numbers() {
      yield 1;
      yield 2;
    }
    const seen: number[] = [];
    for await (const value of profiler.wrapIterable('rows', numbers())) seen.push(value);
    for await (const value of profiler.wrapFunction('numbers', numbers)()) seen.push(value);
    expect(seen).toEqual([1, 2, 1, 2]);
    // The last call of each learns that there is no more.
    expect(counters()).toEqual([
      { name: 'numbers', count: 3, errorCount: 0 },
      { name: 'rows', count: 3, errorCount: 0 },
    ]);
  });

  it('decorates methods (ECMAScript decorators) under the name of their class', () => {
    const { profiler, counters } = world();
    class Mailer {
      send(text: string): number {
        return text.length;
      }
    }
    // What a compiler makes of `@profiler.timed() send(…)`.
    const context = {
      kind: 'method',
      name: 'send',
      static: false,
      private: false,
    } as ClassMethodDecoratorContext<Mailer>;
    const decorated = profiler.timed()(Mailer.prototype.send, context);
    Object.defineProperty(Mailer.prototype, 'send', { value: decorated });
    expect(new Mailer().send('hello')).toBe(5);
    expect(counters()).toEqual([{ name: 'Mailer.send', count: 1, errorCount: 0 }]);
  });

  it('puts what a job timed on its trace, with its labels hashed', async () => {
    const { clock, profiler } = world();
    await profiler.run({ name: 'scan chunk', labels: { scan: 's1' } }, async () => {
      profiler.label({ userId: 'anna@example.org' });
      await profiler.time('detect', () => clock.advance(25));
    });
    const [trace] = profiler.traces();
    expect(trace).toMatchObject({ name: 'scan chunk', kind: 'job', durationMs: 25, labels: { scan: 's1' } });
    expect(trace?.spans).toMatchObject([{ kind: 'function', name: 'detect', startMs: 0, durationMs: 25 }]);
    expect(trace?.labels.user).toMatch(/^[0-9a-f]{12}$/);
    expect(JSON.stringify(trace)).not.toContain('anna');
  });
});

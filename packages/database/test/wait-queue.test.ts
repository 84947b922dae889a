import { createFakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { createWaitQueue } from '../src/wait-queue.ts';

function queueWorld() {
  const clock = createFakeClock();
  return { clock, queue: createWaitQueue<string>({ clock, timeoutMs: 100, toTimeout: () => new Error('too late') }) };
}

describe('the queue', () => {
  it('serves callers in the order in which they came', async () => {
    const { queue } = queueWorld();
    const served: string[] = [];
    const all = ['a', 'b', 'c'].map(async (name) => served.push(`${name} got ${await queue.join()}`));
    for (const item of ['1', '2', '3']) queue.serve(item);
    await Promise.all(all);
    expect(served).toEqual(['a got 1', 'b got 2', 'c got 3']);
    expect(queue.serve('4')).toBe(false);
  });

  it('lets a caller go at his own deadline, and serves the next one', async () => {
    const { queue, clock } = queueWorld();
    const early = queue.join().catch((error: unknown) => error);
    await clock.advance(60);
    const late = queue.join();
    await clock.advance(40);
    expect(await early).toMatchObject({ message: 'too late' });
    expect([queue.length, queue.oldestWaitMs()]).toEqual([1, 40]);
    queue.serve('item');
    expect(await late).toBe('item');
    expect(clock.timerCount).toBe(0);
  });
});

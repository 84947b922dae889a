import { describe, expect, it } from 'vitest';
import { createLoopShare } from '../src/admission/loop-share.ts';

/** A loop whose busy time the test turns. */
function world() {
  let active = 0;
  return {
    share: createLoopShare(() => active),
    work(ms: number) {
      active += ms;
    },
  };
}

describe('time of the loop that nobody announced', () => {
  it('is shared equally by those that run meanwhile', () => {
    const { share, work } = world();
    const first = share.begin();
    work(10);
    const second = share.begin();
    work(6);
    expect([first(), second()]).toEqual([13, 3]);
    share.end();
    work(4);
    expect(second()).toBe(7);
  });

  it('belongs to nobody while nothing runs', () => {
    const { share, work } = world();
    work(50);
    const only = share.begin();
    expect(only()).toBe(0);
  });

  it('leaves out what is known to be one request’s', () => {
    const { share, work } = world();
    const [one, other] = [share.begin(), share.begin()];
    work(20);
    share.attribute(14);
    expect([one(), other()]).toEqual([3, 3]);
  });
});

import { describe, expect, it } from 'vitest';
import { createTimeline } from '../src/sampling/timeline.ts';

const owner = (route: string) => ({ labels: { route } });
const LONG_AGO = 0;

describe('a timeline', () => {
  it('gives a sample to whom was marked last, or to the only one under way', () => {
    const timeline = createTimeline();
    const first = owner('GET /first');
    const second = owner('GET /second');
    timeline.enter(10, first);
    timeline.enter(20, second);
    timeline.mark(30, first);
    timeline.leave(40, second);
    expect([15, 25, 35, 45].map((atUs) => timeline.ownerAt(atUs, LONG_AGO))).toEqual([first, second, first, first]);
  });

  it('gives a sample to nobody who is under way once a request passes that is not traced', () => {
    const timeline = createTimeline();
    const only = owner('GET /only');
    timeline.enter(10, only);
    timeline.pass(() => 20);
    expect(timeline.ownerAt(25, LONG_AGO)?.labels).toEqual({});
    // The loop waited since: another one may have passed, of which nothing is noted.
    expect(timeline.ownerAt(28, 26)?.labels).toEqual({});
    timeline.mark(30, only);
    expect(timeline.ownerAt(35, LONG_AGO)).toBe(only);
    expect(timeline.ownerAt(38, 36)).toBe(only);
  });

  it('notes the first of those that pass, and asks for no time for the others', () => {
    const timeline = createTimeline();
    const asked: number[] = [];
    for (const atUs of [10, 20, 30])
      timeline.pass(() => {
        asked.push(atUs);
        return atUs;
      });
    timeline.enter(40, owner('GET /only'));
    timeline.pass(() => {
      asked.push(50);
      return 50;
    });
    expect(asked).toEqual([10, 50]);
  });
});

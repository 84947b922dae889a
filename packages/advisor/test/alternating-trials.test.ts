import { createAlternatingTrials, type Proof } from '@dataguardian/advisor';
import { createFakeClock, createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';

const text = { en: 'x', nl: 'x' };
const proof: Proof = {
  method: 'simulated',
  description: text,
  metric: 'queries.waitP95',
  before: 20,
  after: 10,
  gainInterval: [1, 4],
  savedSecondsPerDay: 1,
};

/** A knob that halves the wait when it is on, and trials of it. */
const world = (factor: number) => {
  const clock = createFakeClock();
  const random = createSeededRandom(3);
  const trials = createAlternatingTrials({ clock, random: () => random.next() });
  const knob = { isOn: true, turns: 0 };
  const reads: [number, number][] = [];
  const turn = (isOn: boolean) => () => {
    knob.isOn = isOn;
    knob.turns += 1;
  };
  trials.start('knob', {
    on: turn(true),
    off: turn(false),
    read(from, to) {
      reads.push([from, to]);
      return (knob.isOn ? 20 / factor : 20) * (1 + random.next() / 10);
    },
    better: 'lower',
  });
  return { clock, trials, knob, reads };
};

describe('a trial in turns', () => {
  it('decides within two minutes, and leaves a gain on', async () => {
    const { clock, trials, knob, reads } = world(2);
    expect([trials.verify('knob', proof), trials.isRunning('knob')]).toEqual([undefined, true]);
    await clock.advance(96_000);
    expect(trials.verify('knob', proof)).toMatchObject({ verdict: 'confirmed', errorRate: 0.05, sampleCount: 16 });
    expect([knob.isOn, knob.turns, trials.isRunning('knob')]).toEqual([true, 17, false]);
    expect(reads.every(([from, to]) => to - from === 4_000)).toBe(true);
  });

  it('ends great harm after half of its turns', async () => {
    const { clock, trials } = world(1 / 3);
    await clock.advance(48_000);
    expect(trials.verify('knob', proof)).toMatchObject({ verdict: 'worse' });
  });

  it('calls a change that does nothing absent', async () => {
    const { clock, trials } = world(1);
    await clock.advance(96_000);
    expect(trials.verify('knob', proof)).toMatchObject({ verdict: 'absent' });
  });

  it('touches nothing after its end', async () => {
    const { clock, trials, knob } = world(2);
    await clock.advance(7_000);
    trials.end('knob');
    const { turns } = knob;
    await clock.advance(60_000);
    expect([knob.turns, clock.timerCount, trials.verify('knob', proof)]).toEqual([turns, 0, undefined]);
  });
});

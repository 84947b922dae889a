import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceAlert, clearMsOf, type AlertState } from '../../src/alerts/alert-state.ts';
import { createCondition } from '../../src/alerts/condition.ts';
import { parseRule } from '../../src/alerts/rule.ts';

const rule = parseRule(
  { name: 'slow', metric: 'requests.p95', threshold: 100, recovery: 50, forMs: 3_000, clearForMs: 3_000 },
  { id: 'a' },
);

const states = (values: readonly number[]): AlertState[] => {
  const condition = createCondition(rule);
  let state: AlertState = { kind: 'ok' };
  return values.map((value, index) => {
    const at = index * 1_000;
    state = advanceAlert(rule, state, condition.judge(value, at), at);
    return state;
  });
};

const run = (values: readonly number[]): AlertState['kind'][] => states(values).map(({ kind }) => kind);

describe('an alert', () => {
  it('fires when its condition has held long enough', () => {
    expect(run([120, 120, 120, 120])).toEqual(['pending', 'pending', 'pending', 'firing']);
  });

  it('forgets a condition that did not last', () => {
    expect(run([120, 120, 60, 120])).toEqual(['pending', 'pending', 'ok', 'pending']);
  });

  it('ends only below its recovery value, and after that has lasted', () => {
    expect(run([120, 120, 120, 120, 80, 40, 40, 40, 40]).slice(3)).toEqual([
      'firing',
      'firing',
      'recovering',
      'recovering',
      'recovering',
      'ok',
    ]);
  });

  it('stays as it is while nothing is measured', () => {
    expect(run([120, Number.NaN, Number.NaN])).toEqual(['pending', 'pending', 'pending']);
  });

  it('lets sparse readings add up, and forgets them after a long silence', () => {
    const nothing = (count: number): number[] => Array.from({ length: count }, () => Number.NaN);
    expect(run([120, ...nothing(4), 120]).at(-1)).toBe('firing');
    expect(run([120, ...nothing(11), 120]).slice(-2)).toEqual(['ok', 'pending']);
  });

  it('keeps the worst value', () => {
    expect(states([120, 120, 120, 130, 900, 140]).at(-1)).toMatchObject({ value: 140, peak: 900 });
  });

  it('takes longer to end with every relapse', () => {
    const relapsing = [120, 120, 120, 120, 40, 40, 120, 40, 40, 40, 40];
    expect(states(relapsing).at(-1)).toMatchObject({ kind: 'recovering', relapseCount: 1 });
    expect([clearMsOf(rule, 0), clearMsOf(rule, 1), clearMsOf(rule, 99)]).toEqual([3_000, 6_000, 96_000]);
  });

  it('counts what fires again soon as a relapse', () => {
    const calm = Array.from({ length: 5 }, () => 40);
    const trouble = Array.from({ length: 4 }, () => 120);
    expect(states([...trouble, ...calm, ...trouble]).at(-1)).toMatchObject({ kind: 'firing', relapseCount: 1 });
  });

  it('never fires on a value that wavers faster than it must last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 1_000 }), (count) => {
        const wavering = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 101 : 99));
        expect(run(wavering)).not.toContain('firing');
      }),
    );
  });
});

import { advanceAlert, type AlertRule, type AlertState } from '@dataguardian/dashboard';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const rule: AlertRule = {
  id: 'a',
  name: 'slow',
  metric: 'requests.p95',
  comparison: 'above',
  threshold: 100,
  recovery: 50,
  forMs: 3_000,
  severity: 'warning',
};

const run = (values: readonly number[]): AlertState['kind'][] => {
  let state: AlertState = { kind: 'ok' };
  return values.map((value, index) => (state = advanceAlert(rule, state, value, index * 1_000)).kind);
};

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

  it('never fires on a value that wavers faster than it must last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 1_000 }), (count) => {
        const wavering = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 101 : 99));
        expect(run(wavering)).not.toContain('firing');
      }),
    );
  });
});

import { createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { advanceAlert, type AlertState } from '../../src/alerts/alert-state.ts';
import { backtest } from '../../src/alerts/backtest.ts';
import { createCondition } from '../../src/alerts/condition.ts';
import { parseRule } from '../../src/alerts/rule.ts';

const rule = parseRule(
  { name: 'x', metric: 'requests.p95', threshold: 100, recovery: 50, forMs: 2_000, clearForMs: 2_000 },
  { id: 'x' },
);

describe('a back-test', () => {
  it('counts the episodes, their length and their peak', () => {
    const values = [10, 120, 150, 130, 10, 10, 10, Number.NaN, 10, 10];
    expect(backtest(rule, { from: 0, to: 10_000, stepMs: 1_000, values })).toEqual({
      from: 0,
      to: 10_000,
      stepMs: 1_000,
      coverageRatio: 0.9,
      firedCount: 1,
      firingMs: 1_000,
      episodes: [{ firedAt: 4_000, endedAt: 5_000, peak: 130 }],
    });
  });

  it('does what the live rule does on the same values', () => {
    const random = createSeededRandom(7);
    const values = Array.from({ length: 5_000 }, () => random.next() * 160);
    const condition = createCondition(rule);
    let state: AlertState = { kind: 'ok' };
    let fired = 0;
    for (const [index, value] of values.entries()) {
      const before = state;
      const at = (index + 1) * 1_000;
      state = advanceAlert(rule, before, condition.judge(value, at), at);
      if (state.kind === 'firing' && (before.kind === 'pending' || before.kind === 'ok')) fired += 1;
    }
    const answer = backtest(rule, { from: 0, to: 5_000_000, stepMs: 1_000, values });
    expect(fired).toBeGreaterThan(0);
    expect(answer.firedCount).toBe(fired);
  });
});

import { describe, expect, it } from 'vitest';
import { createCondition } from '../../src/alerts/condition.ts';
import { parseRule } from '../../src/alerts/rule.ts';
import type { AlertRule } from '../../src/api/alerts.ts';

const rule = (fields: Partial<AlertRule>): AlertRule =>
  parseRule({ name: 'x', metric: 'requests.p95', threshold: 0, ...fields }, { id: 'x' });

describe('a condition on the rate of change', () => {
  const growing = rule({ kind: 'rate', threshold: 10, recovery: 1, overMs: 60_000 });

  it('judges the change per minute', () => {
    const condition = createCondition(growing);
    const judgements = Array.from({ length: 61 }, (_, second) => condition.judge(second, second * 1_000));
    expect(judgements[10]).toBeUndefined();
    expect(judgements[60]).toEqual({ value: 60, exceeds: true, recovers: false });
  });

  it('recovers when the value stands still', () => {
    const condition = createCondition(growing);
    for (let second = 0; second < 60; second += 1) condition.judge(5, second * 1_000);
    expect(condition.judge(5, 60_000)).toEqual({ value: 0, exceeds: false, recovers: true });
  });
});

describe('a condition on the baseline', () => {
  it('compares the last minute with the time before', () => {
    const condition = createCondition(rule({ kind: 'baseline', threshold: 3, recovery: 1.5, overMs: 600_000 }));
    for (let second = 0; second < 600; second += 1) condition.judge(100, second * 1_000);
    let last = condition.judge(100, 600_000);
    expect(last).toMatchObject({ value: 1, exceeds: false });
    for (let second = 601; second < 660; second += 1) last = condition.judge(400, second * 1_000);
    expect(last?.exceeds).toBe(true);
    expect(last?.value).toBeGreaterThan(3.9);
  });

  it('says nothing before it has seen enough', () => {
    const condition = createCondition(rule({ kind: 'baseline', threshold: 3, overMs: 600_000 }));
    expect(Array.from({ length: 120 }, (_, second) => condition.judge(second, second * 1_000))).not.toContainEqual(
      expect.anything(),
    );
  });

  it('stays bounded in memory over a day', () => {
    const condition = createCondition(rule({ kind: 'baseline', threshold: 3, overMs: 3_600_000 }));
    let last;
    for (let second = 0; second < 20_000; second += 1) last = condition.judge(50, second * 1_000);
    expect(last?.value).toBeCloseTo(1, 6);
  });
});

describe('a condition on absence', () => {
  it('is true while nothing is measured', () => {
    const condition = createCondition(rule({ kind: 'absence' }));
    expect(condition.judge(Number.NaN, 0)).toMatchObject({ exceeds: true, recovers: false });
    expect(condition.judge(5, 1)).toMatchObject({ exceeds: false, recovers: true });
  });
});

describe('a second without a reading', () => {
  it('says nothing, or that all is well, as the rule has it', () => {
    expect(createCondition(rule({ noData: 'keep' })).judge(Number.NaN, 0)).toBeUndefined();
    expect(createCondition(rule({ noData: 'ok' })).judge(Number.NaN, 0)).toMatchObject({ recovers: true });
  });
});

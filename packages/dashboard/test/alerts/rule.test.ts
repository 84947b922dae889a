import { describe, expect, it } from 'vitest';
import { DEFAULT_ALERT_RULES } from '../../src/alerts/default-rules.ts';
import { parseRule } from '../../src/alerts/rule.ts';
import { findCatalogued } from '../../src/history/catalogue.ts';

describe('a rule', () => {
  it('needs a name, a metric and a threshold, and has defaults for the rest', () => {
    expect(parseRule({ name: 'a', metric: 'pool.waiting', threshold: 5 }, { id: 'r' })).toEqual({
      id: 'r',
      name: 'a',
      metric: 'pool.waiting',
      kind: 'threshold',
      comparison: 'above',
      threshold: 5,
      recovery: 5,
      forMs: 0,
      clearForMs: 300_000,
      overMs: 3_600_000,
      severity: 'warning',
      group: 'pool',
      noData: 'keep',
      enabled: true,
      channels: [],
      isDefault: false,
    });
  });

  it('is refused with everything that is wrong', () => {
    expect(() => parseRule({ metric: 'none', threshold: 'x', forMs: -1, kind: 'odd' }, { id: 'r' })).toThrow(
      /kind.*threshold.*forMs.*metric.*name/s,
    );
  });

  it('cannot recover where it fires', () => {
    expect(() => parseRule({ name: 'a', metric: 'pool.waiting', threshold: 5, recovery: 6 }, { id: 'r' })).toThrow(
      /recovery/,
    );
  });
});

describe('the shipped rules', () => {
  it('have ids of their own and metrics that exist', () => {
    expect(new Set(DEFAULT_ALERT_RULES.map(({ id }) => id)).size).toBe(DEFAULT_ALERT_RULES.length);
    expect(DEFAULT_ALERT_RULES.filter(({ metric }) => findCatalogued(metric) === undefined)).toEqual([]);
    expect(DEFAULT_ALERT_RULES.length).toBeGreaterThan(12);
  });
});

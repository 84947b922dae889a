import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyRiskInput,
  isNationalId,
  type RiskInput,
  scoreRisk,
  toRiskBand,
} from '../../src/features/reports/risk-score.ts';

const count = fc.nat({ max: 1_000_000 });
const inputs: fc.Arbitrary<RiskInput> = fc
  .record({
    values: fc.record({ low: count, medium: count, high: count, critical: count }),
    categories: fc.record({
      identifier: count,
      contact: count,
      financial: count,
      special: count,
      credential: count,
      online: count,
      location: count,
    }),
    nationalIds: count,
    items: count,
    linkedItems: count,
  })
  .map((input) => ({ ...input, linkedItems: Math.min(input.linkedItems, input.items) }));

describe('the risk score', () => {
  it('is 0 without findings', () => {
    expect(scoreRisk(emptyRiskInput)).toMatchObject({ score: 0, band: 'none' });
  });

  it('is at least 50 with one critical value and 25 with one high one', () => {
    const withOne = (severity: 'critical' | 'high'): number =>
      scoreRisk({ ...emptyRiskInput, values: { ...emptyRiskInput.values, [severity]: 1 }, items: 1 }).score;
    expect(withOne('critical')).toBe(50);
    expect(withOne('high')).toBe(25);
  });

  it('lies between 0 and 100, is the sum of its factors, and no factor passes its maximum', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { score, factors } = scoreRisk(input);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
        const sum = factors.reduce((total, { points }) => total + points, 0);
        expect(Math.abs(Math.min(100, sum) - score)).toBeLessThanOrEqual(0.5001);
        for (const { points, maximum } of factors) expect(points).toBeLessThanOrEqual(maximum);
      }),
    );
  });

  it('never falls when more is found', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom('low', 'medium', 'high', 'critical'), (input, severity) => {
        const more = { ...input, values: { ...input.values, [severity]: input.values[severity] + 1 } };
        expect(scoreRisk(more).score).toBeGreaterThanOrEqual(scoreRisk(input).score);
      }),
    );
  });

  it('has bands that meet without a gap', () => {
    expect([0, 1, 24, 25, 49, 50, 74, 75, 100].map(toRiskBand)).toEqual([
      'none',
      'low',
      'low',
      'medium',
      'medium',
      'high',
      'high',
      'critical',
      'critical',
    ]);
  });

  it('knows national numbers by their type', () => {
    expect(['BSN', 'BE_RRN', 'PASSPORT_NL'].every(isNationalId)).toBe(true);
    expect(['EMAIL', 'IBAN', 'SECRET_GITHUB'].some(isNationalId)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { createDetection } from '../../src/detection/detection.ts';
import { createCorpus } from './corpus/corpus.ts';
import { measureAccuracy, toRates } from './corpus/measure.ts';

/** Types whose check digits or labels leave no excuse. */
const CERTAIN = ['BSN', 'IBAN', 'EMAIL', 'BE_RRN', 'FR_NIR', 'ES_DNI', 'ES_NIE', 'IT_CF', 'FI_HETU', 'CARD', 'SECRET'];

describe('detection on generated Dutch and European documents', () => {
  const documents = createCorpus(20_261_123, 500);
  const detection = createDetection();
  const accuracy = measureAccuracy(documents, (text) => detection.detect(text));

  it('reaches an F1 of .97 over all types', () => {
    expect(toRates(accuracy.total).f1).toBeGreaterThanOrEqual(0.97);
  });

  it('reports at most 1 % of the look-alikes', () => {
    expect(accuracy.lookAlikes).toBeGreaterThan(500);
    expect(accuracy.lookAlikesReported / accuracy.lookAlikes).toBeLessThanOrEqual(0.01);
  });

  it.each(CERTAIN)('has precision and recall of .98 for %s', (type) => {
    const score = accuracy.byType.get(type);
    expect(score).toBeDefined();
    const { precision, recall } = toRates(score ?? { truePositives: 0, falsePositives: 1, falseNegatives: 1 });
    expect(Math.min(precision, recall)).toBeGreaterThanOrEqual(0.98);
  });

  it('has a precision of .95 for names', () => {
    const score = accuracy.byType.get('PERSON');
    expect(score && toRates(score).precision).toBeGreaterThanOrEqual(0.95);
  });
});

import { describe, expect, it } from 'vitest';
import { describeType } from '../../src/catalogue/describe-type.ts';
import { DETECTORS } from '../../src/detectors/detectors.ts';

const TYPES = [...new Set(DETECTORS.flatMap((detector) => [detector.type, ...(detector.alsoTypes ?? [])]))];

describe('the catalogue', () => {
  it.each(TYPES)('describes %s in English and Dutch', (type) => {
    const description = describeType(type);
    expect(description.type).toBe(type);
    expect(description.name.en).not.toBe(type);
    expect(description.name.nl.length).toBeGreaterThan(2);
    expect(description.remedy.en.length).toBeGreaterThan(60);
    expect(description.remedy.nl.length).toBeGreaterThan(60);
    expect(description.articles.length).toBeGreaterThan(0);
  });

  it('puts each special category under the articles that forbid it', () => {
    for (const type of [
      'HEALTH',
      'RELIGION',
      'POLITICS',
      'ETHNICITY',
      'UNION',
      'ORIENTATION',
      'BIOMETRIC',
      'GENETIC',
    ]) {
      expect(describeType(type)).toMatchObject({ category: 'special', severity: 'critical' });
      expect(describeType(type).articles).toContain('GDPR 9(1)');
    }
    expect(describeType('CRIMINAL').articles).toContain('GDPR 10');
    expect(describeType('BSN').articles).toContain('UAVG 46');
  });

  it('describes a type it has never heard of with care', () => {
    expect(describeType('SOMETHING_NEW')).toMatchObject({ category: 'identifier', severity: 'medium' });
    expect(describeType('SECRET_ACME').category).toBe('credential');
  });
});

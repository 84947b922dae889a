import { METRICS } from '@dataguardian/profiler';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/history/catalogue.ts';

describe('the catalogue of metrics', () => {
  it('has everything that the profiler measures', () => {
    const names = new Set(CATALOGUE.map(({ name }) => name));
    expect(METRICS.filter(({ name }) => !names.has(name))).toEqual([]);
  });

  it('has names that Prometheus takes, each once', () => {
    const names = CATALOGUE.map(({ exportName }) => exportName);
    expect(names.filter((name) => !/^dataguardian_[a-z][a-z0-9_]*$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('weighs by metrics that exist', () => {
    const names = new Set(CATALOGUE.map(({ name }) => name));
    expect(CATALOGUE.flatMap(({ weights }) => weights).filter((name) => !names.has(name))).toEqual([]);
  });
});

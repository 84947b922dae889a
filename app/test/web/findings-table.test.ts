import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasFilter, parseFindingFilters } from '../../web/src/pages/findings/finding-filters.ts';
import { toFindingRows } from '../../web/src/pages/findings/finding-rows.ts';
import type { Finding } from '../../web/src/api/types.ts';
import { findLastAtMost, toEdges } from '../../web/src/pages/findings/row-edges.ts';

const findingIn = (item: string, type: string): Finding => ({
  id: `${item}-${type}`,
  scanId: 'scan',
  type,
  category: 'contact',
  severity: 'low',
  score: 1,
  reasons: [],
  location: { item },
  masked: '',
  context: '',
  status: 'open',
  createdAt: '2026-01-01T00:00:00Z',
});

describe('row edges', () => {
  it('find the row at any height as a plain search would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 200 }),
        fc.nat(20_000),
        (heights, y) => {
          const edges = toEdges(heights);
          const plain = edges.findLastIndex((edge) => edge <= y);
          expect(findLastAtMost(edges, y)).toBe(plain);
        },
      ),
    );
  });

  it('end at the sum of the heights', () => {
    expect(toEdges([36, 58, 58])).toEqual([0, 36, 94, 152]);
  });
});

describe('grouping', () => {
  const findings = [findingIn('a.csv', 'BSN'), findingIn('a.csv', 'IBAN'), findingIn('b.csv', 'IBAN')];

  it('puts one heading before the findings of each file', () => {
    const kinds = toFindingRows(findings, 'file').map((row) => (row.kind === 'heading' ? row.key : row.finding.type));
    expect(kinds).toEqual(['a.csv', 'BSN', 'IBAN', 'b.csv', 'IBAN']);
  });

  it('adds no heading without grouping', () => {
    expect(toFindingRows(findings, 'none').every(({ kind }) => kind === 'finding')).toBe(true);
  });
});

describe('filters in an address', () => {
  it('are read back, and unknown values are left out', () => {
    expect(parseFindingFilters({ severity: ['critical', 'nonsense'], status: 'open', sort: 'up', q: ' ' })).toEqual({
      severity: ['critical'],
      status: ['open'],
    });
  });

  it('count as filters only when they hide something', () => {
    expect(hasFilter({ sort: 'type', group: 'file' })).toBe(false);
    expect(hasFilter({ q: 'x' })).toBe(true);
  });
});

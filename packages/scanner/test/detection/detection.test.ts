import { describe, expect, it } from 'vitest';
import { createDetection } from '../../src/detection/detection.ts';
import { VECTORS } from './vectors.ts';

const detection = createDetection();
/** Kinds that short texts report for want of a person beside them. */
const INCIDENTAL = new Set(['DATE', 'URL', 'LOCATION', 'ORG', 'AGE']);

function summarise(text: string, keep: ReadonlySet<string>): string[] {
  return detection
    .detect(text)
    .filter((finding) => !INCIDENTAL.has(finding.type) || keep.has(finding.type))
    .map((finding) => `${finding.type} ${text.slice(finding.start, finding.end)}`);
}

describe.each(Object.entries(VECTORS))('%s', (_subject, vectors) => {
  it.each(vectors.map((vector) => [vector.text, vector] as const))('%s', (_text, { text, finds }) => {
    const expected = finds.map(([type, value]) => `${type} ${value}`);
    expect(summarise(text, new Set(finds.map(([type]) => type)))).toEqual(expected);
  });
});

describe('labels', () => {
  it('takes the column head of delimited text', () => {
    const text = 'naam;bsn;ordernr\nJan Jansen;111222333;111222333\n';
    const found = detection.detect(text).filter((finding) => finding.type === 'BSN');
    expect(found.map((finding) => finding.start)).toEqual([text.indexOf('111222333')]);
  });

  it.each([
    ['| Naam | BSN | Order |\n|---|---|---|\n| Jan Jansen | 111222333 | 111222333 |\n'],
    ['Naam        BSN        Ref\nJan Jansen  111222333  111222333\n'],
    ["INSERT INTO k (naam, bsn, order_id) VALUES ('Jan Jansen', '111222333', '111222333');"],
    ["INSERT INTO k (naam, bsn, order_id) VALUES\n('Rik Bos', '1', '2'),\n('Jan Jansen', '111222333', '111222333');"],
  ])('takes the column of %j', (text) => {
    const found = detection.detect(text).filter((finding) => finding.type === 'BSN');
    expect(found.map((finding) => finding.start)).toEqual([text.indexOf('111222333')]);
  });

  it('takes the column that the caller names', () => {
    expect(detection.detect('111222333', { column: 'burgerservicenummer' }).map((finding) => finding.type)).toEqual([
      'BSN',
    ]);
    expect(detection.detect('111222333', { column: 'ordernummer' })).toEqual([]);
  });

  it('takes the header line of an earlier part of the file', () => {
    const found = detection.detect('Jan Jansen;111222333;x\n', { header: 'naam;bsn;ref' });
    expect(found.map((finding) => finding.type)).toContain('BSN');
  });

  it('does not let the words of one field explain the value of the next', () => {
    const found = detection.detect('NHS number: 943 476 5919\nSpecimen no: 9434765919\n');
    expect(found.map((finding) => finding.start)).toEqual([12]);
  });
});

describe('findings', () => {
  it('do not overlap and come in order, with scores and reasons', () => {
    const text =
      'Mevr. J. de Vries (BSN 111222333, geb. 01-02-1980), Kerkstraat 1, 1011 AB Amsterdam, j@vries.nl, 06-12345678';
    const found = detection.detect(text);
    expect(found.length).toBeGreaterThan(6);
    for (const [index, finding] of found.entries()) {
      expect(finding.start).toBeGreaterThanOrEqual(found[index - 1]?.end ?? 0);
      expect(finding.score).toBeGreaterThanOrEqual(0.5);
      expect(finding.score).toBeLessThanOrEqual(1);
      expect(finding.reasons.length).toBeGreaterThan(0);
    }
  });

  it('are the same on every call, whatever was scanned before', () => {
    const first = detection.detect('BSN 111222333');
    detection.detect('naam;bsn\nx;111222333\n'.repeat(20));
    expect(detection.detect('BSN 111222333')).toEqual(first);
  });

  it('count offsets in UTF-16 code units', () => {
    const text = '😀 é BSN: 111222333';
    const [finding] = detection.detect(text);
    expect(text.slice(finding?.start, finding?.end)).toBe('111222333');
  });

  it('keep to the types, score and regions that were asked for', () => {
    const text = 'BSN 111222333, DNI 12345678Z, mail a.jansen@ziggo.nl';
    const types = (options: Parameters<typeof createDetection>[0]): string[] =>
      createDetection(options)
        .detect(text)
        .map((finding) => finding.type);
    expect(types({ types: ['EMAIL'] })).toEqual(['EMAIL']);
    expect(types({ regions: ['NL'] })).toEqual(['BSN', 'EMAIL']);
    expect(types({ minimumScore: 0.98 })).not.toContain('BSN');
  });
});

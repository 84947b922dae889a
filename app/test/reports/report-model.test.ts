import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { toCsvField, writeCsvReport } from '../../src/features/reports/csv-report.ts';
import { escapeHtml, renderHtmlReport } from '../../src/features/reports/html-report.ts';
import { renderPdfReport } from '../../src/features/reports/pdf/pdf-report.ts';
import { toPdfText } from '../../src/features/reports/pdf/pdf-text.ts';
import { toReportModel } from '../../src/features/reports/report-builder.ts';
import type { ReportFinding, ReportModel } from '../../src/features/reports/report-model.ts';

const finding = (change: Partial<ReportFinding> & { item?: string } = {}): ReportFinding => {
  const { item = 'map/a.txt', ...rest } = change;
  return {
    type: 'BSN',
    category: 'identifier',
    severity: 'critical',
    score: 0.95,
    reasons: ['check digits'],
    location: { item, line: 3, column: 7 },
    masked: '99*****23',
    fingerprint: 'f1',
    context: 'BSN 99*****23',
    ...rest,
  };
};

const model = (findings: readonly ReportFinding[], language: 'en' | 'nl' = 'en'): ReportModel =>
  toReportModel({
    scan: {
      name: 'Test <scan>',
      sourceKind: 'path',
      sourceLabel: '/srv/data',
      status: 'completed',
      startedAt: 1_700_000_000_000,
      finishedAt: 1_700_000_065_000,
      totalItems: 10,
      totalBytes: 1000,
      doneItems: 10,
      doneBytes: 1000,
    },
    language,
    generatedAt: 1_700_000_100_000,
    version: '0.0.0',
    findings,
    skipped: [{ item: 'x.zip', code: 'ENCRYPTED', reason: 'Protected by a password' }],
  });

describe('the report model', () => {
  it('counts findings, different values and places apart', () => {
    const { totals, types, locations } = model([
      finding(),
      finding({ location: { item: 'map/a.txt', line: 9 } }),
      finding({ fingerprint: 'f2', item: 'b.txt' }),
      finding({ type: 'EMAIL', category: 'contact', severity: 'medium', fingerprint: 'f3', item: 'b.txt' }),
    ]);
    expect(totals).toMatchObject({ findings: 4, distinctValues: 3, itemsWithFindings: 2 });
    expect(types.map(({ type, count, distinct, items }) => ({ type, count, distinct, items }))).toEqual([
      { type: 'BSN', count: 3, distinct: 2, items: 2 },
      { type: 'EMAIL', count: 1, distinct: 1, items: 1 },
    ]);
    expect(locations.map(({ item }) => item)).toEqual(['b.txt', 'map/a.txt']);
  });

  it('leaves false positives out, and lists what was fixed or accepted without scoring it', () => {
    const { totals, risk, types } = model([
      finding({ status: 'false_positive' }),
      finding({ status: 'fixed', fingerprint: 'f2' }),
      finding({ status: 'accepted_risk', fingerprint: 'f3' }),
    ]);
    expect(types[0]?.count).toBe(2);
    expect(totals.byStatus).toMatchObject({ false_positive: 1, fixed: 1, accepted_risk: 1 });
    expect(risk.score).toBe(0);
  });

  it('estimates the severity of a breach as ENISA does: context x identification + circumstances', () => {
    const { breach } = model([finding(), finding({ type: 'HEALTH', category: 'special', fingerprint: 'f2' })]);
    expect(breach).toMatchObject({
      dataContext: 4,
      identification: 1,
      value: 4.5,
      level: 'veryHigh',
      manyPersons: false,
    });
    expect(model([]).breach).toBeUndefined();
  });

  it('says in words that nothing was found, in the language asked for', () => {
    expect(model([]).summary.join(' ')).toContain('No personal data or secrets were recognised in 10 items');
    expect(model([], 'nl').summary.join(' ')).toContain('geen persoonsgegevens of geheimen herkend');
    expect(model([], 'nl').coverage.skipped[0]?.meaning).toBe('Beveiligd met een wachtwoord');
  });

  it('lists the worst first in the annex and keeps to its limit', () => {
    const findings = Array.from({ length: 700 }, (_, index) =>
      finding({ fingerprint: `f${index}`, severity: index === 699 ? 'critical' : 'low' }),
    );
    const { annex } = model(findings);
    expect(annex).toHaveLength(500);
    expect(annex[0]?.fingerprint).toBe('f699');
  });
});

describe('the CSV report', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('never begins a field with a formula: %j', (value) => {
    expect(toCsvField(value).replace(/^"/, '').startsWith("'")).toBe(true);
  });

  it('quotes what would break a line', async () => {
    let text = '';
    for await (const line of writeCsvReport([finding({ item: 'a "b",c.txt' })], 'en')) text += line;
    expect(text).toContain('"a ""b"",c.txt"');
    expect(text.startsWith('\uFEFF')).toBe(true);
  });
});

describe('the HTML report', () => {
  it('escapes every name and carries no script', () => {
    const html = renderHtmlReport(model([finding({ item: '<img src=x onerror=alert(1)>.txt' })]));
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<script');
    expect(html).toContain('Test &lt;scan&gt;');
    expect(escapeHtml(`<a b="c">'&`)).toBe('&lt;a b=&quot;c&quot;&gt;&#39;&amp;');
  });
});

describe('the PDF report', () => {
  it('is tagged, has a title and a language, and as many pages as it says', async () => {
    const findings = Array.from({ length: 120 }, (_, index) =>
      finding({ fingerprint: `f${index}`, item: `map/met/een/lange/naam/dossier-${index}.txt` }),
    );
    const bytes = Buffer.from(await renderPdfReport(model(findings, 'nl')));
    const raw = bytes.toString('latin1');
    expect(raw.startsWith('%PDF-1.7')).toBe(true);
    expect(raw).toContain('/Lang (nl-NL)');
    expect(raw).toContain('/MarkInfo');
    expect(raw).toContain('/Outlines');
    const pages = raw.match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(4);
    const texts = [...raw.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body = '']) => {
      try {
        return inflateSync(Buffer.from(body, 'latin1')).toString('latin1');
      } catch {
        return '';
      }
    });
    const shown = texts
      .join('\n')
      .replaceAll(/\[([^\]]*)\] TJ/g, (_, parts: string) =>
        [...parts.matchAll(/<([0-9a-f]*)>/g)]
          .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
          .join(''),
      );
    expect(shown).toContain(`Pagina ${pages} van ${pages}`);
  });

  it('draws what its fonts lack as something near', () => {
    expect(toPdfText('Zoë – €5 → ő ž 漢\tx')).toBe('Zoë – €5 -> o ž ? x');
  });
});

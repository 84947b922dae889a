import { systemClock } from '@dataguardian/telemetry';
import { createFakeClock } from '@dataguardian/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { renderHtmlReport } from '../../src/features/reports/html-report.ts';
import { toReportModel } from '../../src/features/reports/report-builder.ts';
import type { ReportModel } from '../../src/features/reports/report-model.ts';
import { createReportRenderer, type ReportRenderer } from '../../src/features/reports/report-renderer.ts';

let renderer: ReportRenderer;

afterEach(() => renderer.close());

const model = (name: string): ReportModel =>
  toReportModel({
    scan: {
      name,
      sourceKind: 'path',
      sourceLabel: '/srv/data',
      status: 'completed',
      startedAt: 1_700_000_000_000,
      totalItems: 10,
      totalBytes: 1000,
      doneItems: 10,
      doneBytes: 1000,
    },
    language: 'nl',
    generatedAt: 1_700_000_100_000,
    version: '0.0.0',
    findings: Array.from({ length: 30 }, (_, index) => ({
      type: 'BSN',
      category: 'identifier',
      severity: 'critical',
      score: 0.95,
      reasons: ['check digits'],
      location: { item: `map/${index}.txt` },
      masked: '99*****23',
      fingerprint: `f${index}`,
      context: 'BSN 99*****23',
    })),
    skipped: [],
  });

describe('reports beside the event loop', () => {
  it('are those that this thread would make, however many are asked for at once', async () => {
    renderer = createReportRenderer({ clock: systemClock });
    const models = ['een', 'twee', 'drie'].map(model);
    const pages = await Promise.all(models.map((wanted) => renderer.render('html', wanted)));
    expect(pages.map((bytes) => Buffer.from(bytes).toString())).toEqual(models.map(renderHtmlReport));
    const pdf = Buffer.from(await renderer.render('pdf', model('vier'))).toString('latin1');
    expect(pdf.startsWith('%PDF-1.7')).toBe(true);
    expect(pdf.trimEnd().endsWith('%%EOF')).toBe(true);
  });

  it('fail alone: the next one is made', async () => {
    renderer = createReportRenderer({ clock: systemClock });
    const spoiled = { ...model('kapot'), types: undefined } as unknown as ReportModel; // what a defect would leave
    await expect(renderer.render('pdf', spoiled)).rejects.toThrow('could not be laid out');
    await expect(renderer.render('html', model('heel'))).resolves.toBeInstanceOf(Uint8Array);
  });

  it('that need too much memory end their thread and not the server', async () => {
    renderer = createReportRenderer({ clock: systemClock, maxHeapMegabytes: 4 });
    await expect(renderer.render('pdf', model('groot'))).rejects.toThrow('could not be laid out');
  });

  it('begin with a new thread when the last one had nothing to do for a while', async () => {
    const clock = createFakeClock();
    renderer = createReportRenderer({ clock });
    await renderer.render('html', model('eerst'));
    await clock.advance(60_000);
    await expect(renderer.render('html', model('later'))).resolves.toBeInstanceOf(Uint8Array);
  });

  it('are refused once the server stops, also those under way', async () => {
    renderer = createReportRenderer({ clock: systemClock });
    const underWay = renderer.render('pdf', model('laatste')).catch((error: unknown) => String(error));
    await renderer.close();
    expect(await underWay).toContain('the server stops');
    await expect(renderer.render('html', model('te laat'))).rejects.toThrow('the server stops');
  });
});

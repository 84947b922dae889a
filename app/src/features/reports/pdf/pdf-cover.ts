import type { ReportModel } from '../report-model.ts';
import { reportFormat, reportWords } from '../report-words.ts';
import { drawGauge } from './pdf-charts.ts';
import { COLUMN_WIDTH, INK, PAGE, type PdfPage } from './pdf-page.ts';

const BAND = 250;

/** Draws the title page: what this is, of what, and how bad it is, at a glance. */
export function drawCover(page: PdfPage, model: ReportModel): void {
  const { document } = page;
  const { scan, risk, totals, language } = model;
  const words = reportWords(language);
  const { label } = words;
  const format = reportFormat(language);
  page.newPage();
  page.artifact(() => {
    document.rect(0, 0, PAGE.width, BAND).fill(INK.cover);
    document.rect(0, BAND, PAGE.width, 5).fill(INK.accent);
  });
  const line = (
    text: string,
    y: number,
    style: { size: number; bold?: boolean; color: string; tag: string; height?: number },
  ): void => {
    const { tag, ...look } = style;
    document.addStructure(
      document.struct(tag, {}, () => page.draw({ text, x: PAGE.left, y, width: COLUMN_WIDTH, ...look })),
    );
  };
  line(model.product.name, 56, { size: 12, bold: true, color: '#ffffff', tag: 'P' });
  line(label.confidential, 74, { size: 9, color: '#b9c6e4', tag: 'P' });
  line(label.report, 122, { size: 32, bold: true, color: '#ffffff', tag: 'H1' });
  line(scan.name, 168, { size: 16, color: '#dbe4f8', tag: 'P', height: 42 });
  if (model.organisation) line(model.organisation, 214, { size: 11, color: '#b9c6e4', tag: 'P' });
  document.outline.addItem(label.report);

  drawGauge(page, {
    score: risk.score,
    word: words.band[risk.band],
    color: INK[risk.band],
    description: `${label.risk}: ${risk.score}/100, ${words.band[risk.band]}`,
    x: PAGE.left + 105,
    y: BAND + 165,
    radius: 88,
  });
  const tiles: readonly (readonly [string, string, string])[] = [
    [format.number(totals.findings - totals.byStatus.false_positive), label.findings, INK.text],
    [format.number(totals.bySeverity.critical), words.severity.critical, INK.critical],
    [format.number(totals.distinctValues), label.distinct, INK.text],
    [format.number(totals.itemsWithFindings), label.items, INK.text],
  ];
  for (const [index, [value, name, color]] of tiles.entries()) {
    const x = PAGE.left + 232 + (index % 2) * 130;
    const y = BAND + 62 + Math.floor(index / 2) * 74;
    page.artifact(() => document.roundedRect(x, y, 120, 64, 6).fill(INK.soft));
    document.addStructure(
      document.struct('P', {}, () => {
        page.draw({ text: value, x: x + 12, y: y + 12, width: 96, size: 21, bold: true, color });
        page.draw({ text: name, x: x + 12, y: y + 40, width: 100, size: 8.5, color: INK.muted });
      }),
    );
  }

  page.y = BAND + 250;
  const facts: readonly (readonly [string, string | undefined])[] = [
    [label.source, scan.sourceLabel],
    [label.scanStatus, words.scanStatus[scan.status]],
    [label.started, format.moment(scan.startedAt)],
    [label.duration, scan.finishedAt === undefined ? undefined : format.duration(scan.finishedAt - scan.startedAt)],
    [
      label.read,
      `${format.number(scan.doneItems)} ${label.of} ${format.number(scan.totalItems)}, ${format.bytes(scan.doneBytes)}`,
    ],
    [
      label.generated,
      `${format.moment(Date.parse(model.generatedAt))} (${model.product.name} ${model.product.version})`,
    ],
    [label.preparedBy, model.preparedBy],
  ];
  for (const [name, value] of facts) {
    if (value === undefined) continue;
    const { y } = page;
    const height = Math.min(40, page.measure(value, { size: 10, width: COLUMN_WIDTH - 130 }));
    document.addStructure(
      document.struct('P', {}, () => {
        page.draw({ text: name, x: PAGE.left, y, width: 120, size: 10, color: INK.muted });
        page.draw({ text: value, x: PAGE.left + 130, y, width: COLUMN_WIDTH - 130, size: 10, height });
      }),
    );
    page.y = y + height + 7;
  }
  // The one sentence that must not be missed when only this page is read.
  const [first] = model.summary;
  if (first !== undefined) {
    page.y += 14;
    page.paragraph(first, { size: 11.5, lineGap: 3.5, color: INK.text });
  }
}

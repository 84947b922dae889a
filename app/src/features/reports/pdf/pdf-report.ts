import { describePosition } from '../csv-report.ts';
import { type ReportModel, categories, severities } from '../report-model.ts';
import { explainFactor, fill, reportFormat, reportWords } from '../report-words.ts';
import { type Bar, barsHeight, drawBars } from './pdf-charts.ts';
import { drawCover } from './pdf-cover.ts';
import { COLUMN_WIDTH, createPdfPage, finishPdf, INK, PAGE, type PdfPage } from './pdf-page.ts';
import { drawTable, type PdfCell } from './pdf-table.ts';

/** A section: what it draws, or nothing when the report has nothing for it. */
type Section = (page: PdfPage, model: ReportModel) => void;

const severityCell = (severity: (typeof severities)[number], text: string): PdfCell => ({
  text,
  color: INK[severity],
  bold: true,
});

const drawSummary: Section = (page, model) => {
  const { language, totals } = model;
  const words = reportWords(language);
  const { number } = reportFormat(language);
  page.newPage();
  page.heading(words.label.summary, 1);
  for (const sentence of model.summary) page.paragraph(sentence, { size: 10.5, lineGap: 3 });
  if (model.types.length === 0) return;
  const bySeverity: Bar[] = severities.map((severity) => ({
    name: words.severity[severity],
    count: totals.bySeverity[severity],
    label: number(totals.bySeverity[severity]),
    color: INK[severity],
  }));
  const byCategory: Bar[] = categories.map((category) => ({
    name: words.category[category],
    count: totals.byCategory[category],
    label: number(totals.byCategory[category]),
    color: INK.accent,
  }));
  page.y += 8;
  page.ensure(barsHeight(byCategory) + 10);
  const width = (COLUMN_WIDTH - 28) / 2;
  const { y } = page;
  drawBars(page, { title: words.label.bySeverity, bars: bySeverity, x: PAGE.left, y, width });
  drawBars(page, { title: words.label.byCategory, bars: byCategory, x: PAGE.left + width + 28, y, width });
  page.y = y + barsHeight(byCategory) + 10;
};

const drawRisk: Section = (page, model) => {
  const { language, risk, breach } = model;
  const words = reportWords(language);
  const { label } = words;
  const format = reportFormat(language);
  page.heading(`${label.risk}: ${risk.score} / 100`, 1);
  drawTable(
    page,
    [
      { title: label.factor, share: 3 },
      { title: label.points, share: 1.4, style: { align: 'right' } },
      { title: label.because, share: 6 },
    ],
    risk.factors.map((factor) => {
      const { name, reason } = explainFactor(factor, language);
      return [{ text: name, bold: true }, `${format.number(factor.points)} / ${factor.maximum}`, reason];
    }),
  );
  if (breach === undefined) return;
  page.heading(label.breach, 2);
  const { dataContext, identification, circumstances, value, level } = breach;
  const note = fill(label.breachNote, [
    dataContext,
    format.number(identification),
    format.number(circumstances),
    format.number(value),
    words.breach[level],
  ]);
  page.paragraph(breach.manyPersons ? `${note} ${label.manyPersons}` : note);
};

const drawTypes: Section = (page, model) => {
  if (model.types.length === 0) return;
  const words = reportWords(model.language);
  const { label } = words;
  const { number } = reportFormat(model.language);
  page.heading(label.types, 1);
  drawTable(
    page,
    [
      { title: label.severity, share: 1.5 },
      { title: label.type, share: 3.2 },
      { title: label.category, share: 2.2 },
      { title: label.count, share: 1.6, style: { align: 'right' } },
      { title: label.distinct, share: 1.7, style: { align: 'right' } },
      { title: label.items, share: 1.3, style: { align: 'right' } },
      { title: label.articlesColumn, share: 2.6, style: { size: 7.5 } },
    ],
    model.types.map((type) => [
      severityCell(type.severity, words.severity[type.severity]),
      type.name,
      words.category[type.category],
      number(type.count),
      number(type.distinct),
      number(type.items),
      type.articles.join(', '),
    ]),
  );
};

const drawLocations: Section = (page, model) => {
  if (model.locations.length === 0) return;
  const words = reportWords(model.language);
  const { label } = words;
  const { number } = reportFormat(model.language);
  page.heading(label.locations, 1);
  drawTable(
    page,
    [
      { title: label.severity, share: 1.4 },
      { title: label.location, share: 4.6, style: { mono: true, size: 8 } },
      { title: label.count, share: 1.6, style: { align: 'right' } },
      { title: label.found, share: 4.6, style: { size: 8 } },
    ],
    model.locations.map((location) => [
      severityCell(location.severity, words.severity[location.severity]),
      location.item,
      number(location.count),
      location.types.join(', '),
    ]),
  );
};

const drawRemedies: Section = (page, model) => {
  const remedies = model.types.filter(({ remedy }) => remedy !== '');
  if (remedies.length === 0) return;
  const words = reportWords(model.language);
  const { label } = words;
  page.heading(label.remedies, 1);
  drawTable(
    page,
    [
      { title: label.severity, share: 1.4 },
      { title: label.type, share: 2.8 },
      { title: label.whatToDo, share: 8 },
    ],
    remedies.map((type) => [
      severityCell(type.severity, words.severity[type.severity]),
      { text: type.name, bold: true },
      type.remedy,
    ]),
  );
};

const drawLaw: Section = (page, model) => {
  if (model.articles.length === 0) return;
  const { label } = reportWords(model.language);
  page.heading(label.law, 1);
  drawTable(
    page,
    [
      { title: label.article, share: 1.8 },
      { title: label.meaning, share: 5 },
      { title: label.found, share: 4.6, style: { size: 8 } },
    ],
    model.articles.map((article) => [{ text: article.article, bold: true }, article.meaning, article.types.join(', ')]),
  );
};

const drawCoverage: Section = (page, model) => {
  const { coverage, scan, language } = model;
  const { label } = reportWords(language);
  const format = reportFormat(language);
  page.heading(label.coverage, 1);
  page.paragraph(
    `${label.read}: ${format.number(scan.doneItems)} ${label.of} ${format.number(scan.totalItems)} (${format.percent(coverage.itemRatio)}), ${format.bytes(scan.doneBytes)}.`,
  );
  if (coverage.skipped.length === 0) {
    page.paragraph(label.nothingSkipped);
    return;
  }
  drawTable(
    page,
    [
      { title: label.skipped, share: 4 },
      { title: label.count, share: 1.6, style: { align: 'right' } },
      { title: label.examples, share: 7, style: { size: 8 } },
    ],
    coverage.skipped.map(({ meaning, count, examples }) => [
      meaning,
      format.number(count),
      examples.map(({ item }) => item).join('\n'),
    ]),
  );
};

const drawMethod: Section = (page, model) => {
  const words = reportWords(model.language);
  page.heading(words.label.method, 1);
  for (const line of words.method) page.paragraph(line, { size: 9.5, lineGap: 2.5 });
};

const drawAnnex: Section = (page, model) => {
  const { annex, totals, language } = model;
  if (annex.length === 0) return;
  const words = reportWords(language);
  const { label } = words;
  const format = reportFormat(language);
  const names = new Map(model.types.map(({ type, name }) => [type, name]));
  const shown = totals.findings - totals.byStatus.false_positive;
  page.newPage();
  page.heading(label.annex, 1);
  if (annex.length < shown) page.paragraph(fill(label.annexCut, [format.number(annex.length), format.number(shown)]));
  drawTable(
    page,
    [
      { title: label.severity, share: 1.5 },
      { title: label.type, share: 2.2, style: { size: 8 } },
      { title: label.location, share: 3.8, style: { mono: true, size: 7.5 } },
      { title: label.masked, share: 2.7, style: { mono: true, size: 7.5 } },
      { title: label.confidence, share: 1.6, style: { align: 'right', size: 8 } },
      { title: label.status, share: 1.7, style: { size: 8 } },
    ],
    annex.map((finding) => [
      severityCell(finding.severity, words.severity[finding.severity]),
      names.get(finding.type) ?? finding.type,
      { text: finding.location.item, small: describePosition(finding.location, language) },
      finding.masked,
      format.percent(finding.score),
      words.status[finding.status ?? 'open'],
    ]),
  );
};

const SECTIONS: readonly Section[] = [
  drawSummary,
  drawRisk,
  drawTypes,
  drawLocations,
  drawRemedies,
  drawLaw,
  drawCoverage,
  drawMethod,
  drawAnnex,
];

/** Stamps every page but the cover with the scan's name and its number. */
function drawFooters(page: PdfPage, model: ReportModel): void {
  const { document } = page;
  const { label } = reportWords(model.language);
  const { start, count } = document.bufferedPageRange();
  for (let index = start + 1; index < start + count; index++) {
    document.switchToPage(index);
    page.artifact(() => {
      document.moveTo(PAGE.left, 798).lineTo(PAGE.right, 798).lineWidth(0.5).stroke(INK.line);
      page.draw({
        text: `${label.report} · ${model.scan.name}`,
        x: PAGE.left,
        y: 806,
        width: COLUMN_WIDTH - 110,
        height: 12,
        size: 8,
        color: INK.muted,
      });
      page.draw({
        text: `${label.page} ${index + 1} ${label.of} ${count}`,
        x: PAGE.right - 100,
        y: 806,
        width: 100,
        size: 8,
        color: INK.muted,
        align: 'right',
      });
    });
  }
}

/** Lays the report out as PDF: A4, tagged for screen readers, with bookmarks and page numbers. */
export async function renderPdfReport(model: ReportModel): Promise<Uint8Array> {
  const { label } = reportWords(model.language);
  const page = createPdfPage({
    title: `${label.report}: ${model.scan.name}`,
    author: model.organisation ?? model.product.name,
    language: model.language,
    createdAt: new Date(model.generatedAt),
  });
  drawCover(page, model);
  for (const draw of SECTIONS) draw(page, model);
  drawFooters(page, model);
  return finishPdf(page);
}

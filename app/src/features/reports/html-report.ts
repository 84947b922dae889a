import { describePosition } from './csv-report.ts';
import { HTML_REPORT_STYLE } from './html-style.ts';
import { type ReportModel, categories, severities } from './report-model.ts';
import { explainFactor, fill, reportFormat, reportWords } from './report-words.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes any text safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

type Cell = string | { readonly html: string } | { readonly number: string };

function table(caption: string, headers: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const toCell = (cell: Cell): string => {
    if (typeof cell === 'string') return `<td>${escapeHtml(cell)}</td>`;
    return 'html' in cell ? `<td>${cell.html}</td>` : `<td class="number">${escapeHtml(cell.number)}</td>`;
  };
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${headers
    .map((header) => `<th scope="col">${escapeHtml(header)}</th>`)
    .join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map(toCell).join('')}</tr>`)
    .join('')}</tbody></table></div>`;
}

function bars(
  caption: string,
  entries: readonly { readonly name: string; readonly kind: string; readonly count: number }[],
  format: (n: number) => string,
): string {
  const most = Math.max(1, ...entries.map(({ count }) => count));
  return `<figure><figcaption>${escapeHtml(caption)}</figcaption><dl class="bars">${entries
    .map(
      ({ name, kind, count }) =>
        `<div><dt>${escapeHtml(name)}</dt><dd><span class="bar ${kind}" style="--share:${((100 * count) / most).toFixed(1)}%"></span><b>${format(count)}</b></dd></div>`,
    )
    .join('')}</dl></figure>`;
}

function gauge(model: ReportModel): string {
  const { risk, language } = model;
  const words = reportWords(language);
  return `<div class="gauge ${risk.band}" role="img" aria-label="${escapeHtml(`${words.label.risk}: ${risk.score}/100, ${words.band[risk.band]}`)}"><strong>${risk.score}</strong><span>/100</span><em>${escapeHtml(words.band[risk.band])}</em><i style="--score:${risk.score}%"></i></div>`;
}

function facts(model: ReportModel): string {
  const { scan, language } = model;
  const { label, scanStatus } = reportWords(language);
  const format = reportFormat(language);
  const entries: readonly (readonly [string, string | undefined])[] = [
    [label.organisation, model.organisation],
    [label.scan, scan.name],
    [label.source, scan.sourceLabel],
    [label.scanStatus, scanStatus[scan.status]],
    [label.started, format.moment(scan.startedAt)],
    [label.duration, scan.finishedAt === undefined ? undefined : format.duration(scan.finishedAt - scan.startedAt)],
    [
      label.generated,
      `${format.moment(Date.parse(model.generatedAt))}, ${model.product.name} ${model.product.version}`,
    ],
    [label.preparedBy, model.preparedBy],
  ];
  return `<dl class="facts">${entries
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`],
    )
    .join('')}</dl>`;
}

function section(id: string, title: string, body: string): string {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}

const badge = (kind: string, text: string): Cell => ({
  html: `<span class="badge ${kind}">${escapeHtml(text)}</span>`,
});

function riskSection(model: ReportModel): string {
  const { language, risk, breach } = model;
  const words = reportWords(language);
  const format = reportFormat(language);
  const rows = risk.factors.map((factor) => {
    const { name, reason } = explainFactor(factor, language);
    return [name, { number: `${format.number(factor.points)} / ${factor.maximum}` }, reason];
  });
  const leak =
    breach === undefined
      ? ''
      : `<h3>${escapeHtml(words.label.breach)}</h3><p>${escapeHtml(
          fill(words.label.breachNote, [
            breach.dataContext,
            format.number(breach.identification),
            format.number(breach.circumstances),
            format.number(breach.value),
            words.breach[breach.level],
          ]),
        )}${breach.manyPersons ? ` ${escapeHtml(words.label.manyPersons)}` : ''}</p>`;
  return table(words.label.riskExplained, [words.label.factor, words.label.points, words.label.because], rows) + leak;
}

function coverageSection(model: ReportModel): string {
  const { coverage, scan, language } = model;
  const { label } = reportWords(language);
  const format = reportFormat(language);
  const read = `<p>${escapeHtml(`${label.read}: ${format.number(scan.doneItems)} ${label.of} ${format.number(scan.totalItems)} (${format.percent(coverage.itemRatio)}), ${format.bytes(scan.doneBytes)}.`)}</p>`;
  if (coverage.skipped.length === 0) return `${read}<p>${escapeHtml(label.nothingSkipped)}</p>`;
  return (
    read +
    table(
      label.skipped,
      [label.reason, label.count, label.examples],
      coverage.skipped.map(({ meaning, count, examples }) => [
        meaning,
        { number: format.number(count) },
        {
          html: examples
            .map(({ item, reason }) => `<code>${escapeHtml(item)}</code> ${escapeHtml(reason)}`)
            .join('<br>'),
        },
      ]),
    )
  );
}

function annexSection(model: ReportModel): string {
  const { annex, language, totals } = model;
  const words = reportWords(language);
  const { label } = words;
  const format = reportFormat(language);
  const shown = totals.findings - totals.byStatus.false_positive;
  const note =
    annex.length < shown
      ? `<p>${escapeHtml(fill(label.annexCut, [format.number(annex.length), format.number(shown)]))}</p>`
      : '';
  const names = new Map(model.types.map(({ type, name }) => [type, name]));
  return (
    note +
    table(
      label.annex,
      [label.severity, label.type, label.location, label.masked, label.context, label.confidence, label.status],
      annex.map((finding) => [
        badge(finding.severity, words.severity[finding.severity]),
        names.get(finding.type) ?? finding.type,
        {
          html: `<code>${escapeHtml(finding.location.item)}</code><br><small>${escapeHtml(describePosition(finding.location, language))}</small>`,
        },
        { html: `<code>${escapeHtml(finding.masked)}</code>` },
        finding.context,
        { number: format.percent(finding.score) },
        words.status[finding.status ?? 'open'],
      ]),
    )
  );
}

/** Lays the report out as one HTML page: no scripts, no external requests, readable by screen readers, fit to print. */
export function renderHtmlReport(model: ReportModel): string {
  const { language, totals, scan } = model;
  const words = reportWords(language);
  const { label } = words;
  const format = reportFormat(language);
  const n = format.number;
  const bySeverity = severities.map((kind) => ({ name: words.severity[kind], kind, count: totals.bySeverity[kind] }));
  const byCategory = categories.map((kind) => ({
    name: words.category[kind],
    kind: 'plain',
    count: totals.byCategory[kind],
  }));
  const hasFindings = model.types.length > 0;
  const findingSections = hasFindings
    ? [
        section(
          'types',
          label.types,
          table(
            label.types,
            [
              label.severity,
              label.type,
              label.category,
              label.count,
              label.distinct,
              label.items,
              label.articlesColumn,
            ],
            model.types.map((type) => [
              badge(type.severity, words.severity[type.severity]),
              type.name,
              words.category[type.category],
              { number: n(type.count) },
              { number: n(type.distinct) },
              { number: n(type.items) },
              type.articles.join(', '),
            ]),
          ),
        ),
        section(
          'locations',
          label.locations,
          table(
            label.locations,
            [label.severity, label.location, label.count, label.found],
            model.locations.map((location) => [
              badge(location.severity, words.severity[location.severity]),
              { html: `<code>${escapeHtml(location.item)}</code>` },
              { number: n(location.count) },
              location.types.join(', '),
            ]),
          ),
        ),
        section(
          'remedies',
          label.remedies,
          table(
            label.remedies,
            [label.severity, label.type, label.whatToDo],
            model.types
              .filter(({ remedy }) => remedy !== '')
              .map((type) => [badge(type.severity, words.severity[type.severity]), type.name, type.remedy]),
          ),
        ),
        section(
          'law',
          label.law,
          table(
            label.law,
            [label.article, label.meaning, label.found],
            model.articles.map((article) => [article.article, article.meaning, article.types.join(', ')]),
          ),
        ),
      ]
    : [];
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="robots" content="noindex"><title>${escapeHtml(`${label.report}: ${scan.name}`)}</title><style>${HTML_REPORT_STYLE}</style></head>
<body><header><p class="kicker">${escapeHtml(`${model.product.name} · ${label.confidential}`)}</p><h1>${escapeHtml(label.report)}</h1><p class="name">${escapeHtml(scan.name)}</p>${facts(model)}</header>
<main>${[
    section(
      'summary',
      label.summary,
      `<div class="lead">${gauge(model)}<div>${model.summary.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('')}</div></div>${
        hasFindings
          ? `<div class="pair">${bars(label.bySeverity, bySeverity, n)}${bars(label.byCategory, byCategory, n)}</div>`
          : ''
      }`,
    ),
    section('risk', label.risk, riskSection(model)),
    ...findingSections,
    section('coverage', label.coverage, coverageSection(model)),
    section('method', label.method, `<ul>${words.method.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`),
    ...(hasFindings ? [section('annex', label.annex, annexSection(model))] : []),
  ].join('\n')}</main></body></html>
`;
}

import type { Ranked } from './api.ts';
import { element } from './dom.ts';
import { language, texts } from './text.ts';

const number = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });

/** A table of routes or statements, most total time first. */
export function rankingTable(rows: readonly Ranked[], caption: string): HTMLElement {
  if (rows.length === 0) return element('p', { class: 'empty' }, texts.noRows);
  const heads = [texts.name, texts.calls, 'p50 ms', 'p95 ms', 'p99 ms', `${texts.total} s`, texts.errors];
  const head = element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)));
  const body = rows
    .slice(0, 12)
    .map((row) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row', title: row.name }, row.name),
        ...[
          number.format(row.count),
          fine.format(row.p50Ms),
          fine.format(row.p95Ms),
          fine.format(row.p99Ms),
          fine.format(row.totalMs / 1_000),
          number.format(row.errorCount),
        ].map((text) => element('td', {}, text)),
      ),
    );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)),
  );
}

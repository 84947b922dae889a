import type { Section } from '../../../src/api/section.ts';
import { element } from '../dom.ts';
import { language, texts } from '../text.ts';

/** A titled part of a page. */
export function card(title: string, ...children: readonly (Node | undefined)[]): HTMLElement {
  return element('section', { class: 'card' }, element('h2', {}, title), ...children);
}

/** Takes the whole width. */
export function wide(part: HTMLElement): HTMLElement {
  part.classList.add('wide');
  return part;
}

export function grid(...children: readonly (Node | undefined)[]): HTMLElement {
  return element('div', { class: 'grid' }, ...children);
}

export function empty(text: string, remedy = ''): HTMLElement {
  return element('p', { class: 'empty' }, text, remedy === '' ? undefined : element('br'), remedy);
}

/** What a part shows, or why it is empty and what fills it. */
export function section<Content extends object>(
  answer: Section<Content>,
  show: (content: Content) => readonly (Node | undefined)[],
): readonly (Node | undefined)[] {
  return answer.state === 'ready'
    ? show(answer.content)
    : [wide(card(texts.nothingHere, empty(answer.why[language], answer.remedy[language])))];
}

/** A figure with its name; `status` colours its edge. */
export function tile(name: string, value: string, status: string = 'plain', detail = ''): HTMLElement {
  return element(
    'div',
    { class: `tile ${status}`, title: detail === '' ? undefined : detail },
    element('small', {}, name),
    element('b', {}, value),
  );
}

export function tiles(...children: readonly Node[]): HTMLElement {
  return element('div', { class: 'tiles' }, ...children);
}

/** A list of things that can be bad. */
export function list(items: readonly Node[], whenEmpty: string): HTMLElement {
  return items.length === 0 ? empty(whenEmpty) : element('ul', {}, ...items);
}

/** One thing in a list: what, and the small print. */
export function entry(
  status: string,
  what: string,
  detail: string,
  ...more: readonly (Node | undefined)[]
): HTMLElement {
  return element('li', { class: status }, element('b', {}, what), element('small', {}, detail), ...more);
}

export function button(label: string, onClick: () => void, kind = ''): HTMLButtonElement {
  return element('button', { type: 'button', class: kind, click: onClick }, label);
}

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | Node;
  /** Read as text, from the left. */
  readonly isText?: boolean;
}

/** A table whose first column names the row. */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  whenEmpty: string = texts.noRows,
): HTMLElement {
  if (rows.length === 0) return empty(whenEmpty);
  const head = columns.map(({ title, isText }, index) =>
    element('th', { scope: 'col', class: isText === true || index === 0 ? 'text' : undefined }, title),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...columns.map(({ cell, isText }, index) => {
        const content = cell(row);
        const title = typeof content === 'string' && (isText === true || index === 0) ? content : undefined;
        const attributes = { class: isText === true || index === 0 ? 'text' : undefined, title };
        return index === 0
          ? element('th', { ...attributes, scope: 'row' }, content)
          : element('td', attributes, content);
      }),
    ),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body)),
  );
}

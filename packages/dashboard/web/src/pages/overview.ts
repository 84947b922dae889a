import type { Overview, Problem, Signal } from '../../../src/api/overview.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { ago, inUnit, percent, shorten } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { createChartDeck } from '../parts/chart-deck.ts';
import { card, entry, grid, list, unfolding } from '../parts/parts.ts';
import { sparkline } from '../parts/sparkline.ts';
import { language, texts } from '../text.ts';
import { bottleneckList } from './bottleneck-list.ts';
import { charts } from './charts.ts';
import { recommendationSummary } from './recommendation-card.ts';
import { ruleName } from './rule-names.ts';

const UNITS: Readonly<Record<Signal['id'], string>> = {
  latency: 'ms',
  errors: 'ratio',
  traffic: 'perSecond',
  scans: 'bytesPerSecond',
  cache: 'ratio',
  pool: 'count',
  sessions: 'perMinute',
  cpu: 'ratio',
  memory: 'bytes',
  loop: 'ms',
};

/** Health in one look: what is wrong, since when, what to do; then the signals, and the charts behind them. */
export const openOverview: OpenPage = ({ live, range }) => {
  const deck = createChartDeck(
    charts('requests', 'latency', 'errors', 'cache', 'pool', 'queries', 'loop', 'memory', 'scans'),
    live,
    range,
  );
  const problems = element('div');
  const signals = element('section', { class: 'tiles signals', 'aria-label': texts.signals });
  const health = element('section', { class: 'health', 'aria-label': texts.health });
  const below = grid();
  return {
    node: element(
      'div',
      {},
      element('div', { class: 'hero' }, problems, health),
      signals,
      grid(...deck.figures),
      below,
    ),
    tick: () => deck.tick(),
    async refresh() {
      const [overview] = await Promise.all([read('GET /overview'), deck.refresh()]);
      problems.replaceChildren(toProblems(overview));
      signals.replaceChildren(...overview.signals.map(toSignal));
      health.replaceChildren(
        ...overview.components.map(({ name, status, detail, since, fallback, remedy }) =>
          element(
            'div',
            { class: `tile ${status}`, title: detail },
            element('b', {}, texts.componentNames[name] ?? name),
            element('span', {}, `${texts[status]}${status === 'up' ? '' : `, ${ago(since)}`}`),
            fallback === null ? undefined : element('small', {}, fallback[language]),
            remedy === null ? undefined : element('small', {}, remedy[language]),
          ),
        ),
      );
      below.replaceChildren(
        card(texts.bottlenecks, bottleneckList(overview.bottlenecks.slice(0, 6))),
        card(texts.recommendations, list(overview.recommendations.map(recommendationSummary), texts.noRecommendations)),
        card(
          texts.alerts,
          list(
            overview.alerts.map(({ ruleId, name, severity, firedAt }) =>
              entry(severity, ruleName({ id: ruleId, name }), ago(firedAt)),
            ),
            texts.noAlerts,
          ),
        ),
      );
    },
  };
};

const PROBLEMS_SHOWN = 4;

function toProblem({ severity, what, since, remedy, page }: Problem): HTMLElement {
  return entry(
    severity,
    shorten(what[language]),
    `${since === null ? '' : `${ago(since)} · `}${remedy[language]}`,
    element('a', { href: `/admin/performance${page}`, 'data-page': page }, texts.evidence),
  );
}

function toProblems({ problems }: Overview): HTMLElement {
  if (problems.length === 0)
    return element(
      'section',
      { class: 'card wrong well' },
      element('h2', {}, texts.allIsWell),
      element('p', {}, texts.allWell),
    );
  const shown = card(
    texts.wrong,
    element('ul', { class: 'problems' }, ...problems.slice(0, PROBLEMS_SHOWN).map(toProblem)),
    problems.length > PROBLEMS_SHOWN
      ? unfolding('problems', texts.more(problems.length - PROBLEMS_SHOWN), () =>
          element('ul', { class: 'problems' }, ...problems.slice(PROBLEMS_SHOWN).map(toProblem)),
        )
      : undefined,
  );
  // As high with one problem as with four: what comes and goes must not move the charts.
  shown.classList.add('wrong');
  return shown;
}

function toSignal({ id, value, before, status, sparkline: line }: Signal): HTMLElement {
  const change = value === null || before === null || before === 0 ? undefined : value / before - 1;
  const trend =
    change === undefined || Math.abs(change) < 0.05 ? '' : `${change > 0 ? '▲' : '▼'} ${percent(Math.abs(change))}`;
  return element(
    'div',
    { class: `tile ${status}` },
    element('small', {}, texts.signal[id]),
    element('b', {}, inUnit(value, UNITS[id])),
    // Its line is there without a trend too, so that the lines below stand level.
    element('small', { class: 'trend-text' }, trend),
    sparkline(line) as unknown as Node,
  );
}

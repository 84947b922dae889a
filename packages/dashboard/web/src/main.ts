import './style.css';
import { act, follow, read, type Alert, type Recommendation, type Snapshot, type Tick } from './api.ts';
import { CHARTS, drawChart } from './charts.ts';
import { element } from './dom.ts';
import { rankingTable } from './tables.ts';
import { language, texts } from './text.ts';

const KEPT_TICKS = 300;
const SNAPSHOT_PERIOD_MS = 5_000;

document.documentElement.lang = language;
document.title = `${texts.title} · DataGuardian Pro`;

const status = element('span', { class: 'status', role: 'status' });
const health = element('section', { class: 'health', 'aria-label': texts.health });
const bottlenecks = card(texts.bottlenecks);
const recommendations = card(texts.recommendations);
const alerts = card(texts.alerts);
const routes = card(texts.routes, 'wide');
const statements = card(texts.statements, 'wide');
const charts = CHARTS.map((spec) => {
  const node = element('div', { class: 'plot' });
  const figure = element(
    'figure',
    { class: 'card', 'aria-label': spec.title },
    element('figcaption', {}, spec.title),
    node,
  );
  return { spec, node, figure };
});

document
  .querySelector('#app')
  ?.append(
    element(
      'header',
      {},
      element('a', { href: '/', class: 'back' }, `← ${texts.back}`),
      element('h1', {}, texts.title),
      status,
      element(
        'a',
        { href: '/api/performance/profile.cpuprofile?ms=5000', class: 'button', download: '' },
        texts.profile,
      ),
    ),
    element(
      'main',
      {},
      health,
      element('div', { class: 'grid' }, ...charts.map(({ figure }) => figure)),
      element('div', { class: 'grid' }, bottlenecks.section, recommendations.section, alerts.section),
      element('div', { class: 'grid' }, routes.section, statements.section),
    ),
  );

let names: readonly string[] = [];
let ticks: Tick[] = [];

function draw(): void {
  if (document.hidden) return;
  const now = ticks.at(-1)?.at ?? 0;
  const seconds = ticks.map(({ at }) => (at - now) / 1_000);
  const column = (metric: string): readonly (number | null)[] => {
    const index = names.indexOf(metric);
    return ticks.map(({ values }) => values[index] ?? null);
  };
  for (const { node, spec } of charts) void drawChart(node, spec, seconds, column);
}

async function refresh(): Promise<void> {
  const [snapshot, advice, fired] = await Promise.all([
    read<Snapshot>('snapshot'),
    read<{ items: readonly Recommendation[] }>('recommendations'),
    read<{ items: readonly Alert[] }>('alerts'),
  ]);
  health.replaceChildren(
    ...Object.entries(snapshot.health).map(([name, { status: state, detail }]) =>
      element(
        'div',
        { class: `tile ${state}`, title: detail },
        element('b', {}, name),
        element('span', {}, texts[state]),
      ),
    ),
  );
  bottlenecks.fill(
    snapshot.bottlenecks.map(({ rule, subject, severity, evidence }) => {
      const figures = Object.entries(evidence).map(([key, value]) => `${key} ${Number(value.toPrecision(3))}`);
      return element(
        'li',
        { class: severity },
        element('b', {}, `${rule} ${subject}`),
        element('small', {}, figures.join(' · ')),
      );
    }),
    texts.noBottlenecks,
  );
  recommendations.fill(advice.items.map(toAdvice), texts.noRecommendations);
  alerts.fill(
    fired.items.slice(0, 10).map(({ name, severity, firedAt, endedAt }) => {
      const span = [firedAt, endedAt]
        .filter((at) => at !== null)
        .map((at) => new Date(at).toLocaleTimeString(language));
      return element(
        'li',
        { class: endedAt === null ? severity : 'ended' },
        element('b', {}, name),
        element('small', {}, span.join(' – ')),
      );
    }),
    texts.noAlerts,
  );
  routes.section.replaceChildren(element('h2', {}, texts.routes), rankingTable(snapshot.routes, texts.routes));
  statements.section.replaceChildren(
    element('h2', {}, texts.statements),
    rankingTable(snapshot.statements, texts.statements),
  );
}

function toAdvice({ id, state, proposal, proof }: Recommendation): HTMLElement {
  const button = (label: string, verb: 'apply' | 'revert' | 'dismiss'): HTMLElement => {
    const created = element('button', { type: 'button' }, label);
    created.addEventListener('click', () => void act(id, verb).then(refresh));
    return created;
  };
  const actions =
    state === 'proven'
      ? [button(texts.apply, 'apply'), button(texts.dismiss, 'dismiss')]
      : state === 'applied' || state === 'verified'
        ? [button(texts.undo, 'revert')]
        : [];
  return element(
    'li',
    {},
    element('b', {}, `${proposal.title[language]} (${state})`),
    element(
      'small',
      {},
      `${proposal.explanation[language]} ${texts.gain}: ${proof.before} → ${proof.after}. ${proof.description[language]}`,
    ),
    element('span', { class: 'actions' }, ...actions),
  );
}

function card(
  title: string,
  kind = '',
): { section: HTMLElement; fill: (items: readonly Node[], empty: string) => void } {
  const list = element('ul');
  const section = element('section', { class: `card ${kind}` }, element('h2', {}, title), list);
  return {
    section,
    fill: (items, empty) =>
      list.replaceChildren(...(items.length > 0 ? items : [element('li', { class: 'empty' }, empty)])),
  };
}

follow({
  onNames: (received) => {
    names = received;
  },
  onBacklog: (received) => {
    ticks = received.slice(-KEPT_TICKS);
    draw();
  },
  onTick: (tick) => {
    ticks = [...ticks, tick].slice(-KEPT_TICKS);
    draw();
  },
  onStatus: (isLive) => {
    status.textContent = isLive ? texts.live : texts.lost;
    status.classList.toggle('lost', !isLive);
  },
});

const keepFresh = (): void => void refresh().catch(() => status.classList.add('lost'));
keepFresh();
setInterval(keepFresh, SNAPSHOT_PERIOD_MS);

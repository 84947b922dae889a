import './style.css';
import './parts.css';
import { sharedSearch } from './address.ts';
import { ApiError } from './api.ts';
import { createCompareChoice } from './compare-choice.ts';
import { element } from './dom.ts';
import { keepFocus } from './focus.ts';
import { timeZone } from './format.ts';
import { createLiveStore } from './live/live-store.ts';
import { createRangeChoice, RANGES } from './live/range.ts';
import { followSharedStream } from './live/shared-stream.ts';
import type { OpenPage, Page } from './page.ts';
import { openAlerts } from './pages/alerts.ts';
import { openCache } from './pages/cache.ts';
import { openDatabase } from './pages/database.ts';
import { openOverview } from './pages/overview.ts';
import { openProfiler } from './pages/profiler.ts';
import { openProof } from './pages/proof.ts';
import { openRecommendations } from './pages/recommendations.ts';
import { openRequests } from './pages/requests.ts';
import { openScans } from './pages/scans.ts';
import { openSessions } from './pages/sessions.ts';
import { language, texts } from './text.ts';

const MOUNT = '/admin/performance';
const REFRESH_MS = 10_000;
const SAID_MS = 8_000;

/** Pages by what follows the mount point in the URL. */
const PAGES: Readonly<Record<string, { readonly title: string; readonly open: OpenPage }>> = {
  '': { title: texts.overview, open: openOverview },
  '/requests': { title: texts.requestsPage, open: openRequests },
  '/database': { title: texts.database, open: openDatabase },
  '/cache': { title: texts.cachePage, open: openCache },
  '/sessions': { title: texts.sessions, open: openSessions },
  '/profiler': { title: texts.profiler, open: openProfiler },
  '/scans': { title: texts.scans, open: openScans },
  '/recommendations': { title: texts.recommendations, open: openRecommendations },
  '/alerts': { title: texts.alerts, open: openAlerts },
  '/proof': { title: texts.proof, open: openProof },
};

document.documentElement.lang = language;
const live = createLiveStore();
const range = createRangeChoice();
const status = element('span', { class: 'status', role: 'status' });
const processes = element('span', { class: 'processes' });
const said = element('p', { class: 'toast', role: 'status' });
let silence: ReturnType<typeof setTimeout> | undefined;
const say = (text: string): void => {
  said.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => said.replaceChildren(), SAID_MS);
};
const title = element('h1', {}, texts.title);
const links = Object.entries(PAGES).map(([path, { title: name }]) =>
  element('a', { href: MOUNT + path, 'data-page': path }, name),
);
const ranges = element(
  'select',
  { 'aria-label': texts.range, change: () => range.choose(ranges.value) },
  ...Object.keys(RANGES).map((name) => element('option', { value: name }, texts.rangeNames[name] ?? name)),
  element('option', { value: 'custom', disabled: '' }, texts.custom),
);
const backToLive = element(
  'button',
  { type: 'button', hidden: '', click: () => range.choose(Object.keys(RANGES)[0] ?? '') },
  texts.backToLive,
);
const comparing = createCompareChoice(range);
const main = element('main', { id: 'main', tabindex: '-1' });
document
  .querySelector('#app')
  ?.append(
    element('a', { class: 'skip', href: '#main' }, texts.skip),
    element(
      'header',
      {},
      element('a', { href: '/', class: 'back' }, '← ', element('span', {}, texts.back)),
      title,
      status,
      processes,
      backToLive,
      comparing.node,
      ranges,
    ),
    element('nav', { 'aria-label': texts.pages }, ...links),
    main,
    element('footer', {}, texts.timeZone(timeZone)),
    said,
  );

let page: Page | undefined;
let path = '';

function pathOf(url: string): string {
  const rest = new URL(url, location.href).pathname.slice(MOUNT.length).replace(/\/$/, '');
  return rest in PAGES ? rest : '';
}

function open(next: string): void {
  const chosen = PAGES[next];
  if (chosen === undefined) return;
  path = next;
  document.title = `${chosen.title} · ${texts.title} · DataGuardian Pro`;
  for (const link of links)
    if (link.dataset['page'] === next) {
      link.setAttribute('aria-current', 'page');
      // On a phone the others push it out of sight.
      const bar = link.parentElement;
      if (bar !== null) bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
    } else link.removeAttribute('aria-current');
  page = chosen.open({ live, range, say });
  // Shown when it has its first figures, all at once: nothing that comes later pushes anything away.
  page.node.hidden = true;
  main.replaceChildren(element('h2', { class: 'page-title' }, chosen.title), skeleton(), page.node);
  refresh();
}

/** Where the figures will be, while they are read. */
function skeleton(): HTMLElement {
  return element(
    'div',
    { class: 'grid skeleton', role: 'status', 'aria-label': texts.reading },
    ...Array.from({ length: 6 }, () => element('div', { class: 'card' })),
  );
}

function refresh(): void {
  ranges.value = range.name;
  backToLive.hidden = range.name !== 'custom';
  if (document.hidden) return;
  void comparing.refresh().catch(() => undefined);
  const current = page;
  const giveFocusBack = keepFocus(main);
  current
    ?.refresh()
    .catch((error: unknown) => {
      if (current !== page) return;
      say(error instanceof ApiError ? `${error.message} ${error.hint}` : texts.lost);
    })
    .finally(() => {
      current.node.hidden = false;
      if (current === page) main.querySelector('.skeleton')?.remove();
      if (current === page) giveFocusBack();
    });
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-page]') : null;
  if (link === null || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, '', link.pathname + (link.search === '' ? sharedSearch() : link.search));
  open(pathOf(link.href));
  main.focus();
});
addEventListener('popstate', () => (pathOf(location.href) === path ? refresh() : open(pathOf(location.href))));
document.addEventListener('visibilitychange', refresh);
range.onChange(refresh);

followSharedStream((message) => {
  switch (message.kind) {
    case 'names':
      live.setNames(message.names);
      break;
    case 'ticks':
      live.add(message.ticks);
      page?.tick?.();
      break;
    case 'status':
      status.textContent = message.isLive ? texts.live : texts.lost;
      status.classList.toggle('lost', !message.isLive);
      break;
    case 'hello':
      processes.textContent = texts.processes(message.hello.instanceCount);
      break;
    case 'alert':
    case 'mark':
    case 'changed':
      refresh();
  }
});

open(pathOf(location.href));
// A menu that somebody has open must not be taken away.
setInterval(() => {
  if (main.querySelector('details.save[open]') === null) refresh();
}, REFRESH_MS);

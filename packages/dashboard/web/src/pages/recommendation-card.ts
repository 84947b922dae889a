import type { RecommendationItem } from '../../../src/api/advice.ts';
import type { Overview } from '../../../src/api/overview.ts';
import { change } from '../api.ts';
import { element } from '../dom.ts';
import { duration, figure, gain, moment } from '../format.ts';
import { button, entry } from '../parts/parts.ts';
import { language, texts } from '../text.ts';

type Shown = Overview['recommendations'][number];

const titleOf = ({ wording, proposal }: Shown): string => (wording ?? proposal).title[language];

/** One line for the overview. */
export function recommendationSummary(shown: Shown): HTMLElement {
  return entry(
    shown.state,
    titleOf(shown),
    `${texts.state[shown.state]} · ${texts.savesPerDay(duration(shown.proof.savedSecondsPerDay * 1_000))}`,
    element('a', { href: '/admin/performance/recommendations', 'data-page': '/recommendations' }, texts.evidence),
  );
}

/** Everything about one: evidence, promise, proof, what came of it, and what can be done. */
export function recommendationCard(item: RecommendationItem, onDone: (text: string) => void): HTMLElement {
  const { proposal, proof, state, wording } = item;
  const page = evidencePageOf(proposal.change.kind);
  const act = (verb: 'apply' | 'revert' | 'dismiss', question: string): void => {
    // oxlint-disable-next-line no-alert -- a change to the running system deserves a question that nothing overlays
    if (question !== '' && !confirm(question)) return;
    change('POST', `/recommendations/${item.id}/${verb}`).then(
      () => onDone(texts.done[verb]),
      (error: unknown) => onDone(error instanceof Error ? error.message : String(error)),
    );
  };
  const actions = [
    ...(state === 'proven' && item.canApply
      ? [button(texts.apply, () => act('apply', texts.applyQuestion), 'primary')]
      : []),
    ...(item.canRevert ? [button(texts.undo, () => act('revert', texts.undoQuestion))] : []),
    ...(state === 'proven' ? [button(texts.dismiss, () => act('dismiss', ''))] : []),
  ];
  const verification = 'verification' in item ? item.verification : undefined;
  return element(
    'article',
    { class: `card wide advice ${state}` },
    element('h2', {}, titleOf(item), element('span', { class: `badge ${state}` }, texts.state[state])),
    element('p', {}, (wording ?? proposal).explanation[language]),
    wording === undefined ? undefined : element('small', {}, texts.wordedBy(wording.by)),
    item.group === undefined
      ? undefined
      : element('small', {}, texts.groupedBy(item.group.title[language], item.group.by)),
    element(
      'dl',
      {},
      ...fact(
        texts.promised,
        `${gain(item.predictedGain)} (${gain(proof.gainInterval[0])} – ${gain(proof.gainInterval[1])})`,
      ),
      ...fact(texts.method, `${texts.proofMethod[proof.method]}: ${proof.description[language]}`),
      ...fact(proof.figure?.[language] ?? proof.metric, `${figure(proof.before)} → ${figure(proof.after)}`),
      ...fact(texts.saves, texts.savesPerDay(duration(proof.savedSecondsPerDay * 1_000))),
      ...(item.verdictDueAt === null ? [] : fact(texts.verdict, texts.verdictDue(moment(item.verdictDueAt)))),
      ...(verification === undefined
        ? []
        : fact(
            texts.verdict,
            `${texts.verdicts[verification.verdict]}${verification.gain === undefined ? '' : `: ${gain(verification.gain)}`}. ${verification.description[language]}`,
          )),
      ...Object.entries(proposal.evidence).flatMap(([name, value]) =>
        fact(name, typeof value === 'number' ? figure(value) : value),
      ),
    ),
    wording?.patch === undefined
      ? undefined
      : element(
          'details',
          {},
          element('summary', {}, texts.patchBy(wording.by)),
          element('pre', { tabindex: '0' }, wording.patch.diff),
        ),
    element('p', {}, element('a', { href: `/admin/performance${page}`, 'data-page': page }, texts.evidence)),
    state === 'proven' && !item.canApply ? element('p', { class: 'empty' }, texts.byHand) : undefined,
    element('p', { class: 'actions' }, ...actions),
  );
}

/** Where the figures behind a kind of change are charted. */
function evidencePageOf(kind: string): string {
  const [area = ''] = kind.split('.');
  return EVIDENCE_PAGES[area] ?? '/profiler';
}

const EVIDENCE_PAGES: Readonly<Record<string, string>> = {
  cache: '/cache',
  database: '/database',
  query: '/requests',
  sessions: '/sessions',
};

function fact(name: string, value: string): HTMLElement[] {
  return [element('dt', {}, name), element('dd', {}, value)];
}

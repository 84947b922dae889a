import type { RecommendationItem } from '../../../src/api/advice.ts';
import type { Overview } from '../../../src/api/overview.ts';
import type { MetricMeta } from '../../../src/api/series.ts';
import { change } from '../api.ts';
import { element } from '../dom.ts';
import { evidenceLink } from '../evidence-link.ts';
import { evidence } from '../evidence.ts';
import { duration, gain, shorten, time } from '../format.ts';
import { inMetric, metricName } from '../metric-words.ts';
import { button, entry, tile, tiles, unfolding } from '../parts/parts.ts';
import { language, texts } from '../text.ts';

type Shown = Overview['recommendations'][number];

const titleOf = ({ wording, proposal }: Shown): string => shorten((wording ?? proposal).title[language]);

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
export function recommendationCard(
  item: RecommendationItem,
  metrics: readonly MetricMeta[],
  onDone: (text: string) => void,
): HTMLElement {
  const { proposal, proof, state, wording } = item;
  const { page, search } = evidenceLink({
    kind: proposal.change.kind,
    evidence: proposal.evidence,
    at: 'provenAt' in item ? item.provenAt : item.proposedAt,
  });
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
  const inWords = (value: number): string => inMetric(metrics, proof.metric, value);
  return element(
    'article',
    { class: `card wide advice ${state}` },
    element('h2', {}, titleOf(item), element('span', { class: `badge ${state}` }, texts.state[state])),
    element('p', {}, shorten((wording ?? proposal).explanation[language])),
    wording === undefined ? undefined : element('small', {}, texts.wordedBy(wording.by)),
    item.group === undefined
      ? undefined
      : element('small', {}, texts.groupedBy(item.group.title[language], item.group.by)),
    tiles(
      tile(
        `${texts.promised} · ${texts.proofMethod[proof.method]}`,
        gain(item.predictedGain),
        'plain',
        `${gain(proof.gainInterval[0])} – ${gain(proof.gainInterval[1])}`,
      ),
      beforeAndAfter(proof.figure?.[language] ?? metricName(metrics, proof.metric), proof, inWords),
      tile(texts.saves, duration(proof.savedSecondsPerDay * 1_000), 'plain', texts.waitingADay),
      ...(item.verdictDueAt === null
        ? []
        : [tile(texts.verdict, texts.verdictDue(time(item.verdictDueAt)), 'warning', texts.undoneByItself)]),
      ...(verification === undefined
        ? []
        : [
            tile(
              texts.verdict,
              `${texts.verdicts[verification.verdict]}${verification.gain === undefined ? '' : `: ${gain(verification.gain)}`}`,
              verification.verdict === 'confirmed' ? 'good' : 'warning',
              verification.description[language],
            ),
          ]),
    ),
    element('p', {}, proof.description[language]),
    unfolding(item.id, texts.evidence, () =>
      element(
        'dl',
        {},
        ...Object.entries(proposal.evidence).flatMap(([name, value]) => {
          const words = evidence(name, value);
          return fact(words.name, words.value);
        }),
      ),
    ),
    wording?.patch === undefined
      ? undefined
      : unfolding(`${item.id} patch`, texts.patchBy(wording.by), () =>
          element('pre', { tabindex: '0' }, wording.patch?.diff ?? ''),
        ),
    element(
      'p',
      { class: 'actions' },
      ...actions,
      element('a', { href: `/admin/performance${page}${search}`, 'data-page': page }, texts.toEvidence),
      state === 'proven' && !item.canApply ? element('small', {}, texts.byHand) : undefined,
    ),
  );
}

/** Two bars, as long as the metric was and will be. */
function beforeAndAfter(
  name: string,
  { before, after }: { readonly before: number; readonly after: number },
  inWords: (value: number) => string,
): HTMLElement {
  const most = Math.max(before, after, Number.MIN_VALUE);
  const bar = (value: number, kind: string): HTMLElement => {
    const filled = element('span', { class: `span ${kind}` });
    filled.style.width = `${Math.max(1, (100 * value) / most)}%`;
    return element('span', { class: 'track', 'aria-hidden': 'true' }, filled);
  };
  return element(
    'div',
    { class: 'tile plain' },
    element('small', {}, name),
    element('b', {}, `${inWords(before)} → ${inWords(after)}`),
    bar(before, 'was'),
    bar(after, 'is'),
  );
}

function fact(name: string, value: string): HTMLElement[] {
  return [element('dt', {}, name), element('dd', {}, value)];
}

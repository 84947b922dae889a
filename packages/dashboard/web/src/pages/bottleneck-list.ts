import { BOTTLENECK_WORDS } from '../../../src/views/bottleneck-words.ts';
import type { Answer } from '../api.ts';
import { figure, percent } from '../format.ts';
import { entry, list } from '../parts/parts.ts';
import { language, texts } from '../text.ts';

type Bottleneck = Answer<'GET /profiler'>['bottlenecks'][number];

/** Causes of slowness, each with its place and its figures. */
export function bottleneckList(bottlenecks: readonly Bottleneck[]): HTMLElement {
  return list(
    bottlenecks.map(({ rule, subject, severity, title, location, share, evidence }) => {
      const figures = Object.entries(evidence).map(([name, value]) => `${name} ${figure(value)}`);
      const place = location === undefined ? '' : `${location} · `;
      // The profiler speaks English; what it is about is the same in every language.
      const what =
        language === 'en' ? title : `${BOTTLENECK_WORDS[rule][language]}${subject === '' ? '' : `: ${subject}`}`;
      return entry(severity, what, `${place}${texts.share} ${percent(share)} · ${figures.join(' · ')}`);
    }),
    texts.noBottlenecks,
  );
}

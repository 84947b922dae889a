import { BOTTLENECK_WORDS } from '../../../src/views/bottleneck-words.ts';
import type { Answer } from '../api.ts';
import { evidence } from '../evidence.ts';
import { percent, place } from '../format.ts';
import { entry, list } from '../parts/parts.ts';
import { language, texts } from '../text.ts';

type Bottleneck = Answer<'GET /profiler'>['bottlenecks'][number];

/** Of a statement: enough to tell it by. */
const SUBJECT_LENGTH = 90;

/** Causes of slowness, each with its place and its figures. */
export function bottleneckList(bottlenecks: readonly Bottleneck[]): HTMLElement {
  return list(
    bottlenecks.map(({ rule, subject, severity, title, location, share, evidence: found }) => {
      const figures = Object.entries(found).map(([name, value]) => {
        const words = evidence(name, value);
        return `${words.name} ${words.value}`;
      });
      // The profiler speaks English; what it is about is the same in every language.
      const what =
        language === 'en' ? title : `${BOTTLENECK_WORDS[rule][language]}${subject === '' ? '' : `: ${subject}`}`;
      const about = location === undefined ? subject.slice(0, SUBJECT_LENGTH) : place(location);
      const where = about === '' || what.includes(about.slice(0, 40)) ? '' : `${about} · `;
      return entry(severity, what, `${where}${texts.share.toLowerCase()} ${percent(share)} · ${figures.join(' · ')}`);
    }),
    texts.noBottlenecks,
  );
}

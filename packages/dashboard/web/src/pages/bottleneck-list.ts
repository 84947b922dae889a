import type { Answer } from '../api.ts';
import { figure, percent } from '../format.ts';
import { entry, list } from '../parts/parts.ts';
import { texts } from '../text.ts';

type Bottleneck = Answer<'GET /profiler'>['bottlenecks'][number];

/** Causes of slowness, each with its place and its figures. */
export function bottleneckList(bottlenecks: readonly Bottleneck[]): HTMLElement {
  return list(
    bottlenecks.map(({ severity, title, location, share, evidence }) => {
      const figures = Object.entries(evidence).map(([name, value]) => `${name} ${figure(value)}`);
      const place = location === undefined ? '' : `${location} · `;
      return entry(severity, title, `${place}${texts.share} ${percent(share)} · ${figures.join(' · ')}`);
    }),
    texts.noBottlenecks,
  );
}

import { createSeededRandom } from '@dataguardian/testing';
import { fillTemplate, type LabelledDocument } from './document.ts';
import { createMakers } from './makers.ts';
import { TEMPLATES } from './templates.ts';

/** `count` documents of all kinds, equal for equal seeds. */
export function createCorpus(seed: number, count: number): LabelledDocument[] {
  const random = createSeededRandom(seed);
  const makers = createMakers(seed + 1);
  const kinds = Object.entries(TEMPLATES);
  return Array.from({ length: count }, () => {
    const [kind, templates] = random.pick(kinds);
    return fillTemplate(kind, random.pick(templates), makers);
  });
}

import { isWordCode } from '../detection/character-class.ts';
import type { Detector } from '../detection/detector.ts';

const ADDRESS = /(?:https?|ftp):\/\/[^\s<>"'`{}|\\^[\]]{3,500}|www\.[a-z0-9-]{1,63}\.[^\s<>"'`{}|\\^[\]]{2,300}/iy;

/** Web address that stands with a person. */
export const url: Detector = {
  type: 'URL',
  tier: 'C',
  triggers: [{ kind: 'keyword', words: ['http', 'https', 'ftp', 'www'] }],
  prior: 0.5,
  needsPerson: 'unless-short',
  verify({ text, start }) {
    ADDRESS.lastIndex = start;
    const found = ADDRESS.exec(text)?.[0].replace(/[.,;:!?)*_]+$/, '');
    if (found === undefined || isWordCode(text.charCodeAt(start - 1)) || text[start - 1] === '/') return undefined;
    return { start, end: start + found.length, reasons: ['web address'] };
  },
};

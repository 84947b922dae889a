import type { ContextWords, Detector } from './detector.ts';
import type { DocumentView } from './document-view.ts';
import { OTHER_KINDS } from '../data/other-kinds.ts';

const LABEL_WEIGHT = 5;
const OTHER_LABEL_WEIGHT = -5;
const NEAR_WEIGHT = 4;
const FAR_WEIGHT = 3;
const AFTER_WEIGHT = 2.5;
const NEGATIVE_WEIGHT = -4;
const NEAR_DISTANCE = 32;
const DEFAULT_REACH = { before: 90, after: 45 };

/** What the neighbourhood says about a value, in log-odds, and why. */
export interface ContextEvidence {
  readonly weight: number;
  /** Whether a label or neighbouring word speaks for the type. */
  readonly supported: boolean;
  readonly reason?: string;
}

/** What a detector without context words gets. */
export const NO_EVIDENCE: ContextEvidence = { weight: 0, supported: false };

/** A detector's context words, compiled. */
export interface ContextRule {
  readonly positive: RegExp;
  readonly negative: RegExp;
  readonly heedsOtherLabels: boolean;
  readonly reach: { readonly before: number; readonly after: number };
}

/** One pattern for a list of words; `*` at an end leaves that end open. Alternatives are literals, so it stays linear. */
export function compileWords(words: readonly string[]): RegExp {
  const parts = words.map((word) => {
    const open = { left: word.startsWith('*'), right: word.endsWith('*') };
    const literal = word.replace(/^\*|\*$/g, '').replace(/[$()+.?[\\\]^{|}]/g, '\\$&');
    return `${open.left ? '' : '(?<![\\p{L}\\p{N}])'}${literal}${open.right ? '' : '(?!\\p{L})'}`;
  });
  return new RegExp(parts.length === 0 ? '(?!)' : parts.join('|'), 'gu');
}

/** Compiles the context words of a detector; one without any judges its neighbourhood itself. */
export function compileContext(detector: Detector): ContextRule | undefined {
  const words: ContextWords | undefined = detector.context;
  if (words === undefined) return undefined;
  return {
    positive: compileWords(words.positive),
    negative: compileWords([...(words.negative ?? []), ...(detector.tier === 'A' ? [] : OTHER_KINDS)]),
    heedsOtherLabels: detector.heedsOtherLabels ?? detector.tier !== 'A',
    reach: detector.reach ?? DEFAULT_REACH,
  };
}

/**
 * Weighs the neighbourhood of `[start, end)`. The label decides when it names this type or another; otherwise the
 * nearest telling word before the value does, then one shortly after it.
 */
export function weighContext(
  rule: ContextRule,
  labelledKinds: RegExp,
  document: DocumentView,
  span: { readonly start: number; readonly end: number },
): ContextEvidence {
  const label = document.label(span.start);
  if (label !== undefined) {
    const own = lastMatch(rule.positive, label);
    const other = lastMatch(rule.negative, label);
    if (own && (!other || own.end >= other.end)) {
      return { weight: LABEL_WEIGHT, supported: true, reason: `label "${own.word}"` };
    }
    if (other) return { weight: OTHER_LABEL_WEIGHT, supported: false, reason: `label "${other.word}"` };
    if (rule.heedsOtherLabels && lastMatch(labelledKinds, label)) {
      return { weight: OTHER_LABEL_WEIGHT, supported: false, reason: 'labelled as something else' };
    }
  }
  const before = document.before(span.start, rule.reach.before);
  const own = lastMatch(rule.positive, before);
  const other = lastMatch(rule.negative, before);
  if (own && (!other || own.end >= other.end)) {
    const distance = before.length - own.end;
    return {
      weight: distance <= NEAR_DISTANCE ? NEAR_WEIGHT : FAR_WEIGHT,
      supported: true,
      reason: `word "${own.word}" before`,
    };
  }
  if (other && before.length - other.end <= NEAR_DISTANCE) {
    return { weight: NEGATIVE_WEIGHT, supported: false, reason: `word "${other.word}" before` };
  }
  const after = document.after(span.end, rule.reach.after);
  rule.positive.lastIndex = 0;
  const following = rule.positive.exec(after);
  if (following) return { weight: AFTER_WEIGHT, supported: true, reason: `word "${following[0]}" after` };
  return NO_EVIDENCE;
}

function lastMatch(pattern: RegExp, text: string): { readonly word: string; readonly end: number } | undefined {
  let found: { word: string; end: number } | undefined;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    found = { word: match[0], end: pattern.lastIndex };
    if (match[0].length === 0) pattern.lastIndex++;
  }
  return found;
}

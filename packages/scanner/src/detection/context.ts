import type { ContextWords, Detector } from './detector.ts';
import type { DocumentView } from './document-view.ts';
import { OTHER_KINDS } from '../data/other-kinds.ts';
import { toWindow, WordMatcher } from './word-matcher.ts';

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

/** Labels that say nothing about the kind of value. */
const GENERIC_LABEL =
  /^(?:(?:het|the|le|mijn|my|uw|your|das|der) )?(?:value|waarde|nummer|number|nr|no|id|code|data|text|tekst|result|antwoord|answer|is|identification|identificatie|wert|valeur|numéro|num|content|message|bericht|input|output|body|field|note|notes|opmerking|opmerkingen|comment|q|a|query)$/;

/** What a detector without context words gets. */
export const NO_EVIDENCE: ContextEvidence = { weight: 0, supported: false };

/** A detector's context words, compiled. */
export interface ContextRule {
  readonly positive: WordMatcher;
  readonly negative: WordMatcher;
  readonly heedsOtherLabels: boolean;
  /** How far words against it count: a check digit that decides is not talked away as easily. */
  readonly doubt: number;
  readonly reach: { readonly before: number; readonly after: number };
}

/** Compiles the context words of a detector; one without any judges its neighbourhood itself. */
export function compileContext(detector: Detector): ContextRule | undefined {
  const words: ContextWords | undefined = detector.context;
  if (words === undefined) return undefined;
  return {
    positive: new WordMatcher(words.positive),
    negative: new WordMatcher([
      ...(words.negative ?? []),
      ...((detector.heedsOtherLabels ?? detector.tier !== 'A') ? OTHER_KINDS : []),
    ]),
    heedsOtherLabels: detector.heedsOtherLabels ?? detector.tier !== 'A',
    doubt: detector.tier === 'A' ? 0.7 : 1,
    reach: detector.reach ?? DEFAULT_REACH,
  };
}

/**
 * Weighs the neighbourhood of `[start, end)`. The label decides when it names this type or another; otherwise the
 * nearest telling word before the value does, then one shortly after it.
 */
export function weighContext(
  rule: ContextRule,
  labelledKinds: WordMatcher,
  document: DocumentView,
  span: { readonly start: number; readonly end: number },
): ContextEvidence {
  const label = document.label(span.start);
  if (label !== undefined) {
    const words = toWindow(label);
    const own = rule.positive.last(words);
    const other = rule.negative.last(words);
    if (own && (!other || own.end >= other.end)) {
      return { weight: LABEL_WEIGHT, supported: true, reason: `label "${own.word}"` };
    }
    if (other) return { weight: OTHER_LABEL_WEIGHT * rule.doubt, supported: false, reason: `label "${other.word}"` };
    if (rule.heedsOtherLabels && labelledKinds.last(words)) {
      return { weight: OTHER_LABEL_WEIGHT * rule.doubt, supported: false, reason: 'labelled as something else' };
    }
  }
  // A value under a label of its own is not explained by the words of the field before it.
  const isField = label !== undefined && !GENERIC_LABEL.test(label);
  const before = isField
    ? document.fieldBefore(span.start, rule.reach.before)
    : document.before(span.start, rule.reach.before);
  const own = rule.positive.last(before);
  const other = rule.negative.last(before);
  const length = before.text.length;
  const kind = rule.heedsOtherLabels ? labelledKinds.last(before) : undefined;
  if (kind && kind.word.length > 2 && (!own || own.end < kind.end) && before.text.slice(kind.end).trim().length <= 1) {
    return { weight: OTHER_LABEL_WEIGHT * rule.doubt, supported: false, reason: `called "${kind.word}"` };
  }
  if (own && (!other || own.end >= other.end)) {
    const distance = length - own.end;
    return {
      weight: distance <= NEAR_DISTANCE ? NEAR_WEIGHT : FAR_WEIGHT,
      supported: true,
      reason: `word "${own.word}" before`,
    };
  }
  if (other && length - other.end <= NEAR_DISTANCE) {
    return { weight: NEGATIVE_WEIGHT * rule.doubt, supported: false, reason: `word "${other.word}" before` };
  }
  if (label !== undefined) return NO_EVIDENCE;
  const after = document.after(span.end, rule.reach.after);
  const following = rule.positive.first(after);
  if (following) return { weight: AFTER_WEIGHT, supported: true, reason: `word "${following.word}" after` };
  return NO_EVIDENCE;
}

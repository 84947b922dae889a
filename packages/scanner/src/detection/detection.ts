import { describeType } from '../catalogue/describe-type.ts';
import { DETECTORS } from '../detectors/detectors.ts';
import { compileContext, NO_EVIDENCE, weighContext, type ContextRule } from './context.ts';
import type { Candidate, Detector } from './detector.ts';
import type { Detected } from './detected.ts';
import { DocumentView, type DetectionHints } from './document-view.ts';
import { type Claim, resolveOverlaps } from './fusion.ts';
import { keepLinked } from './person-link.ts';
import { findCandidates } from './trigger-stage.ts';
import { compileTriggers } from './trigger-table.ts';
import { WordMatcher } from './word-matcher.ts';

/** What to look for, and how sure to be. */
export interface DetectionOptions {
  /** Types to report. @defaultValue all */
  readonly types?: readonly string[];
  /** Lowest score to report, 0 to 1. @defaultValue 0.5 */
  readonly minimumScore?: number;
  /** Countries (ISO 3166, two letters) whose national numbers and phones to look for. @defaultValue all we know */
  readonly regions?: readonly string[];
}

/** Finds personal data and secrets in texts. Holds no state between calls and does no I/O. */
export interface Detection {
  /** The findings in `text`, by start, none overlapping another. */
  detect(text: string, hints?: DetectionHints): Detected[];
}

/** Countries in the names of types: `PASSPORT_NL`, `VAT_DE` end with theirs, `BE_RRN` starts with it. */
const REGION_AT_END = /^(?:PASSPORT|ID|DRIVING_LICENCE|PLATE|BANK|BTW|VAT)_([A-Z]{2})$/;
const REGION_AT_START = /^([A-Z]{2})_/;

/**
 * Compiles the detectors once and returns a detection for any number of texts.
 * @example
 * const detection = createDetection();
 * detection.detect('BSN: 111222333'); // [{ type: 'BSN', start: 5, end: 14, ... }]
 */
export function createDetection(options: DetectionOptions = {}): Detection {
  const wanted = options.types && new Set(options.types);
  const regions = options.regions && new Set(options.regions);
  const isWanted = (type: string): boolean => {
    if (wanted && !wanted.has(type)) return false;
    const region = (REGION_AT_END.exec(type) ?? REGION_AT_START.exec(type))?.[1];
    return !regions || region === undefined || regions.has(region);
  };
  const minimumOdds = toOdds(options.minimumScore ?? 0.5);
  const table = compileTriggers(DETECTORS);
  const rules = DETECTORS.map((detector) => compileContext(detector));
  const labelledKinds = new WordMatcher(
    DETECTORS.filter((detector) => detector.type !== 'IP').flatMap((detector) => detector.context?.positive ?? []),
  );

  return {
    detect(text, hints = {}) {
      const document = new DocumentView(text, hints);
      const claims: Claim[] = [];
      findCandidates(table, document, (number, start, end) => {
        const detector = DETECTORS[number];
        const rule = rules[number];
        if (!detector) return;
        const claim = verify(detector, rule, labelledKinds, { document, text, start, end });
        if (claim && claim.odds >= minimumOdds) claims.push(claim);
      });
      return keepLinked(resolveOverlaps(claims), text.length)
        .filter((claim) => isWanted(claim.type))
        .map((claim) => toDetected(claim));
    },
  };
}

function verify(
  detector: Detector,
  rule: ContextRule | undefined,
  labelledKinds: WordMatcher,
  candidate: Candidate,
): Claim | undefined {
  const match = detector.verify(candidate);
  if (!match) return undefined;
  const evidence = rule ? weighContext(rule, labelledKinds, candidate.document, match) : NO_EVIDENCE;
  const reasons = [...(match.reasons ?? [])];
  if (evidence.reason !== undefined) reasons.push(evidence.reason);
  return {
    type: match.type ?? detector.type,
    start: match.start,
    end: match.end,
    // What its neighbourhood calls something else no longer outranks what it is called.
    tier: evidence.weight < 0 ? 'C' : (match.tier ?? detector.tier),
    odds: detector.prior + (match.bonus ?? 0) + evidence.weight,
    needsPerson: match.type === 'DOB' ? undefined : detector.needsPerson,
    reasons,
  };
}

function toDetected(claim: Claim): Detected {
  const { category, severity } = describeType(claim.type);
  const score = Math.round((1 / (1 + Math.exp(-claim.odds))) * 1000) / 1000;
  return { type: claim.type, start: claim.start, end: claim.end, score, category, severity, reasons: claim.reasons };
}

function toOdds(score: number): number {
  const bounded = Math.min(Math.max(score, 0.001), 0.999);
  return Math.log(bounded / (1 - bounded));
}

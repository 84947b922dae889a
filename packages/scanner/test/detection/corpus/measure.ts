import type { Detected } from '../../../src/index.ts';
import type { LabelledDocument, LabelledSpan } from './document.ts';

/** Hits and misses of one type. */
export interface TypeScore {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
}

/** Accuracy over a corpus: a finding is right when it overlaps a value of its type (secrets count as one type). */
export interface Accuracy {
  readonly byType: ReadonlyMap<string, TypeScore>;
  readonly total: TypeScore;
  readonly lookAlikes: number;
  readonly lookAlikesReported: number;
  /** Examples of what went wrong, for the bench. */
  readonly mistakes: readonly string[];
}

/** Types the corpus does not label everywhere they could be said to stand. */
const UNLABELLED = new Set(['DATE', 'URL', 'USERNAME', 'AGE']);

function family(type: string): string {
  return type.startsWith('SECRET_') ? 'SECRET' : type;
}

function overlap(one: { start: number; end: number }, other: LabelledSpan): boolean {
  return one.start < other.end && other.start < one.end;
}

/** Scores `detect` on the documents. */
export function measureAccuracy(
  documents: readonly LabelledDocument[],
  detect: (text: string) => readonly Detected[],
): Accuracy {
  const byType = new Map<string, TypeScore>();
  const total: TypeScore = { truePositives: 0, falsePositives: 0, falseNegatives: 0 };
  const mistakes: string[] = [];
  let lookAlikes = 0;
  let lookAlikesReported = 0;
  const count = (type: string, key: keyof TypeScore): void => {
    const score = byType.get(type) ?? { truePositives: 0, falsePositives: 0, falseNegatives: 0 };
    byType.set(type, score);
    score[key]++;
    total[key]++;
  };
  for (const document of documents) {
    const found = detect(document.text);
    const show = (span: { start: number; end: number }): string =>
      `${document.text.slice(Math.max(0, span.start - 30), span.start)}⟦${document.text.slice(span.start, span.end)}⟧${document.text.slice(span.end, span.end + 15)}`.replace(
        /\s+/g,
        ' ',
      );
    for (const value of document.values) {
      const hit = found.some((finding) => family(finding.type) === family(value.type) && overlap(finding, value));
      count(family(value.type), hit ? 'truePositives' : 'falseNegatives');
      if (!hit) {
        const instead = found.find((finding) => overlap(finding, value))?.type ?? 'nothing';
        mistakes.push(`miss ${family(value.type)} (${instead}) ${document.kind}: ${show(value)}`);
      }
    }
    for (const finding of found) {
      if (UNLABELLED.has(finding.type)) continue;
      if (document.values.some((value) => family(value.type) === family(finding.type) && overlap(finding, value)))
        continue;
      count(family(finding.type), 'falsePositives');
      mistakes.push(
        `false ${finding.type} ${finding.score} ${document.kind}: ${show(finding)} [${finding.reasons.join('; ')}]`,
      );
    }
    lookAlikes += document.lookAlikes.length;
    for (const decoy of document.lookAlikes) {
      const reported = found.find((finding) => overlap(finding, decoy) && finding.type !== 'DATE');
      if (reported) {
        lookAlikesReported++;
        mistakes.push(`look-alike ${decoy.type} as ${reported.type} ${document.kind}: ${show(decoy)}`);
      }
    }
  }
  return { byType, total, lookAlikes, lookAlikesReported, mistakes };
}

/** Precision, recall and their harmonic mean. */
export function toRates(score: TypeScore): { precision: number; recall: number; f1: number } {
  const precision = score.truePositives / Math.max(1, score.truePositives + score.falsePositives);
  const recall = score.truePositives / Math.max(1, score.truePositives + score.falseNegatives);
  return { precision, recall, f1: (2 * precision * recall) / Math.max(1e-9, precision + recall) };
}

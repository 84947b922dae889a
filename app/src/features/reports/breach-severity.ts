import type { FindingCategory } from '@dataguardian/scanner';

/** The word for a severity estimate. */
export type BreachLevel = 'low' | 'medium' | 'high' | 'veryHigh';

/**
 * How bad a leak of the found data would be, after ENISA, "Recommendations for a methodology of the assessment of
 * severity of personal data breaches", 2013: severity = context x ease of identification + circumstances.
 */
export interface BreachSeverity {
  readonly value: number;
  readonly level: BreachLevel;
  /** 1 simple, 2 behavioural, 3 financial, 4 sensitive data. */
  readonly dataContext: number;
  /** 0.25 negligible, 0.5 limited, 0.75 significant, 1 maximum. */
  readonly identification: number;
  /** 0.5: the estimate assumes that an unknown number of outsiders could read the data. */
  readonly circumstances: number;
  /** Whether the number of different persons is likely above 100, which ENISA asks to flag. */
  readonly manyPersons: boolean;
}

/** What the estimate needs to know. */
export interface BreachInput {
  readonly categories: Readonly<Record<FindingCategory, number>>;
  /** Different values of each type. */
  readonly values: ReadonlyMap<string, number>;
  readonly nationalIds: number;
}

const CIRCUMSTANCES = 0.5;
const MANY_PERSONS = 100;

/** Estimates the severity; `undefined` when nothing about persons was found. */
export function estimateBreachSeverity(input: BreachInput): BreachSeverity | undefined {
  const { categories, values, nationalIds } = input;
  const total = Object.values(categories).reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const of = (type: string): number => values.get(type) ?? 0;
  const dataContext =
    categories.special > 0
      ? 4
      : categories.financial + categories.credential > 0
        ? 3
        : categories.online + categories.location > 0
          ? 2
          : 1;
  const hasName = of('PERSON') > 0;
  const identification =
    nationalIds > 0 || (hasName && of('ADDRESS') + of('DOB') + of('EMAIL') + of('PHONE') > 0)
      ? 1
      : hasName || categories.contact > 0
        ? 0.75
        : categories.identifier + categories.financial > 0
          ? 0.5
          : 0.25;
  const value = dataContext * identification + CIRCUMSTANCES;
  const level = value < 2 ? 'low' : value < 3 ? 'medium' : value < 4 ? 'high' : 'veryHigh';
  const persons = Math.max(nationalIds, of('EMAIL'), of('PERSON'), of('PHONE'), of('IBAN'));
  return {
    value,
    level,
    dataContext,
    identification,
    circumstances: CIRCUMSTANCES,
    manyPersons: persons > MANY_PERSONS,
  };
}

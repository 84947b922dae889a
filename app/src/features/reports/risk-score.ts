import type { FindingCategory, Severity } from '@dataguardian/scanner';

/** What the score is computed from: counts of one scan's open and confirmed findings. */
export interface RiskInput {
  /** Different values found, by severity. */
  readonly values: Readonly<Record<Severity, number>>;
  /** Different values found, by category. */
  readonly categories: Readonly<Record<FindingCategory, number>>;
  /** Different national identification numbers, passports and licences. */
  readonly nationalIds: number;
  /** Files, tables or pages with at least one finding. */
  readonly items: number;
  /** Of these, the ones that hold a person's identity together with data of another kind. */
  readonly linkedItems: number;
}

/** Name of a factor; its words are in `report-texts.ts`. */
export type RiskFactorName = 'severity' | 'sensitive' | 'credentials' | 'linkage' | 'spread' | 'floor';

/** One term of the sum. */
export interface RiskFactor {
  readonly name: RiskFactorName;
  /** Points it contributes, a multiple of 0.1. */
  readonly points: number;
  /** The most it can contribute. */
  readonly maximum: number;
  /** The counts behind it, in the order the explanation mentions them. */
  readonly inputs: readonly number[];
}

/** The word for a score. */
export type RiskBand = 'none' | 'low' | 'medium' | 'high' | 'critical';

/** A score from 0 to 100 with its terms; the points add up to the score before it is rounded. */
export interface RiskScore {
  readonly score: number;
  readonly band: RiskBand;
  readonly factors: readonly RiskFactor[];
}

/** No findings. */
export const emptyRiskInput: RiskInput = {
  values: { low: 0, medium: 0, high: 0, critical: 0 },
  categories: { identifier: 0, contact: 0, financial: 0, special: 0, credential: 0, online: 0, location: 0 },
  nationalIds: 0,
  items: 0,
  linkedItems: 0,
};

const SEVERITY_WEIGHT: Readonly<Record<Severity, number>> = { low: 0.2, medium: 1, high: 4, critical: 10 };
/** The load at which the severity term is full: a thousand critical values. */
const FULL_LOAD = 10_000;
const FULL_SPREAD = 1_000;

const tenths = (value: number): number => Math.round(value * 10) / 10;
/** 0 at 0, 1 at `full` and above, growing with the number of digits: the hundredth value adds less than the first. */
const growth = (value: number, full: number): number => Math.min(1, Math.log1p(value) / Math.log1p(full));

/**
 * Scores a scan. Deterministic and additive, so that every point can be explained: see docs/modules/risk-score.md.
 */
export function scoreRisk(input: RiskInput): RiskScore {
  const { values, categories } = input;
  const load =
    values.low * 0.2 + values.medium + values.high * SEVERITY_WEIGHT.high + values.critical * SEVERITY_WEIGHT.critical;
  const share = input.items === 0 ? 0 : input.linkedItems / input.items;
  const terms: RiskFactor[] = [
    {
      name: 'severity',
      points: tenths(40 * growth(load, FULL_LOAD)),
      maximum: 40,
      inputs: [values.critical, values.high, values.medium, values.low],
    },
    {
      name: 'sensitive',
      points: tenths(Math.min(20, 12 * growth(categories.special, 10) + 12 * growth(input.nationalIds, 100))),
      maximum: 20,
      inputs: [categories.special, input.nationalIds],
    },
    {
      name: 'credentials',
      points: categories.credential === 0 ? 0 : tenths(8 + 7 * growth(categories.credential, 50)),
      maximum: 15,
      inputs: [categories.credential],
    },
    {
      name: 'linkage',
      points: tenths(15 * share * growth(input.linkedItems, 20)),
      maximum: 15,
      inputs: [input.linkedItems, input.items],
    },
    { name: 'spread', points: tenths(10 * growth(input.items, FULL_SPREAD)), maximum: 10, inputs: [input.items] },
  ];
  const sum = terms.reduce((total, term) => total + term.points, 0);
  const least = values.critical > 0 ? 50 : values.high > 0 ? 25 : 0;
  const floor = tenths(Math.max(0, least - sum));
  const score = Math.round(Math.min(100, sum + floor));
  const factors =
    floor > 0 ? [...terms, { name: 'floor' as const, points: floor, maximum: 50, inputs: [least] }] : terms;
  return { score, band: toRiskBand(score), factors };
}

/** The band of a score: 1-24 low, 25-49 medium, 50-74 high, 75 and more critical. */
export function toRiskBand(score: number): RiskBand {
  if (score <= 0) return 'none';
  if (score < 25) return 'low';
  if (score < 50) return 'medium';
  return score < 75 ? 'high' : 'critical';
}

const NATIONAL_ID =
  /^(?:BSN|PASSPORT_|ID_|DRIVING_LICENCE_|BE_RRN|DE_STEUERID|DE_RVNR|DE_KVNR|FR_NIR|UK_NHS|UK_NINO|US_SSN|ES_DNI|ES_NIE|IT_CF|PL_PESEL|SE_PNR|DK_CPR|FI_HETU|PT_NIF|AT_SVNR|IE_PPSN)/;

/** Whether a type is a number that a state gives to a person. */
export function isNationalId(type: string): boolean {
  return NATIONAL_ID.test(type);
}

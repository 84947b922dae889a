/** What kind of data a finding is, in the words of the reports. */
export type FindingCategory = 'identifier' | 'contact' | 'financial' | 'special' | 'credential' | 'online' | 'location';

/** How much harm disclosure of one value does. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** A text in the two languages of the product. */
export interface Bilingual {
  readonly en: string;
  readonly nl: string;
}

/** What a privacy officer needs to know about a type of finding. */
export interface TypeDescription {
  readonly type: string;
  readonly category: FindingCategory;
  readonly severity: Severity;
  /** Articles that govern it, such as `GDPR 9(1)` or `UAVG 46`. */
  readonly articles: readonly string[];
  readonly name: Bilingual;
  /** What to do about a finding. */
  readonly remedy: Bilingual;
}

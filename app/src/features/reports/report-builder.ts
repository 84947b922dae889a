import { describeType, type FindingCategory, type Severity } from '@dataguardian/scanner';
import { estimateBreachSeverity } from './breach-severity.ts';
import {
  type LocationSection,
  type ReportFinding,
  type ReportInput,
  type ReportModel,
  type ReportSkipped,
  type SkippedSection,
  type TriageStatus,
  type TypeSection,
  categories,
  isActive,
  severities,
  triageStatuses,
} from './report-model.ts';
import { isNationalId, scoreRisk, type RiskInput } from './risk-score.ts';
import { describeArticle, describeSkip, summarise } from './report-words.ts';

const ANNEX_LIMIT = 500;
const TOP_LOCATIONS = 20;
const EXAMPLES_PER_SKIP = 5;

interface TypeTally {
  count: number;
  readonly values: Set<string>;
  readonly items: Set<string>;
  category: FindingCategory;
  severity: Severity;
}

interface ItemTally {
  count: number;
  severity: Severity;
  readonly types: Map<string, number>;
  readonly activeCategories: Set<FindingCategory>;
}

/** Gathers findings one by one and turns them into a {@link ReportModel}; memory grows with different values, not findings. */
export interface ReportBuilder {
  addFinding(finding: ReportFinding): void;
  addSkipped(skipped: ReportSkipped): void;
  build(): ReportModel;
}

const zeroes = <Key extends string>(keys: readonly Key[]): Record<Key, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>; // fromEntries forgets the key type
const rank = (severity: Severity): number => severities.indexOf(severity);
const worse = (one: Severity, other: Severity): Severity => (rank(one) <= rank(other) ? one : other);

/** Starts a report. Findings of equal severity are listed in the order they are added. */
export function createReportBuilder(input: ReportInput): ReportBuilder {
  const { language, annexLimit = ANNEX_LIMIT } = input;
  const bySeverity = zeroes(severities);
  const byCategory = zeroes(categories);
  const byStatus = zeroes(triageStatuses);
  const types = new Map<string, TypeTally>();
  const items = new Map<string, ItemTally>();
  const skips = new Map<string, { count: number; examples: ReportSkipped[] }>();
  const annex: Record<Severity, ReportFinding[]> = { critical: [], high: [], medium: [], low: [] };
  const activeValues: Record<Severity, Set<string>> = {
    critical: new Set(),
    high: new Set(),
    medium: new Set(),
    low: new Set(),
  };
  const activeTypes = new Map<string, { readonly category: FindingCategory; readonly values: Set<string> }>();
  const allValues = new Set<string>();
  let total = 0;

  function addActive(finding: ReportFinding, item: ItemTally): void {
    const { type, category, severity, fingerprint } = finding;
    activeValues[severity].add(fingerprint);
    const active = activeTypes.get(type) ?? { category, values: new Set() };
    activeTypes.set(type, active);
    active.values.add(fingerprint);
    item.activeCategories.add(category);
  }

  function toTypes(): TypeSection[] {
    return [...types]
      .map(([type, tally]) => {
        const description = describeType(type);
        return {
          type,
          name: description.name[language],
          category: tally.category,
          severity: tally.severity,
          count: tally.count,
          distinct: tally.values.size,
          items: tally.items.size,
          articles: description.articles.map((article) => describeArticle(article, language).article),
          remedy: description.remedy[language],
        };
      })
      .sort((a, b) => rank(a.severity) - rank(b.severity) || b.count - a.count || a.type.localeCompare(b.type));
  }

  function toLocations(): LocationSection[] {
    return [...items]
      .sort(
        ([nameA, a], [nameB, b]) =>
          rank(a.severity) - rank(b.severity) || b.count - a.count || nameA.localeCompare(nameB),
      )
      .slice(0, TOP_LOCATIONS)
      .map(([item, tally]) => ({
        item,
        count: tally.count,
        severity: tally.severity,
        types: [...tally.types].sort(([, a], [, b]) => b - a).map(([type]) => describeType(type).name[language]),
      }));
  }

  function toRiskInput(): RiskInput {
    const categoryValues = zeroes(categories);
    let nationalIds = 0;
    for (const [type, { category, values }] of activeTypes) {
      categoryValues[category] += values.size;
      if (isNationalId(type)) nationalIds += values.size;
    }
    const active = [...items.values()].filter((item) => item.activeCategories.size > 0);
    return {
      values: {
        critical: activeValues.critical.size,
        high: activeValues.high.size,
        medium: activeValues.medium.size,
        low: activeValues.low.size,
      },
      categories: categoryValues,
      nationalIds,
      items: active.length,
      linkedItems: active.filter(({ activeCategories }) => isLinked(activeCategories)).length,
    };
  }

  function toSkipped(): SkippedSection[] {
    return [...skips]
      .map(([code, { count, examples }]) => ({ code, meaning: describeSkip(code, language), count, examples }))
      .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
  }

  return {
    addFinding(finding) {
      const { type, category, severity, fingerprint } = finding;
      const status: TriageStatus = finding.status ?? 'open';
      total++;
      byStatus[status]++;
      if (status === 'false_positive') return;
      bySeverity[severity]++;
      byCategory[category]++;
      allValues.add(fingerprint);
      const name = finding.location.item;
      const tally = types.get(type) ?? { count: 0, values: new Set(), items: new Set(), category, severity };
      types.set(type, tally);
      tally.count++;
      tally.values.add(fingerprint);
      tally.items.add(name);
      tally.severity = worse(tally.severity, severity);
      const item = items.get(name) ?? { count: 0, severity, types: new Map(), activeCategories: new Set() };
      items.set(name, item);
      item.count++;
      item.severity = worse(item.severity, severity);
      item.types.set(type, (item.types.get(type) ?? 0) + 1);
      if (isActive(status)) addActive(finding, item);
      if (annex[severity].length < annexLimit) annex[severity].push(finding);
    },
    addSkipped(skipped) {
      const group = skips.get(skipped.code) ?? { count: 0, examples: [] };
      skips.set(skipped.code, group);
      group.count++;
      if (group.examples.length < EXAMPLES_PER_SKIP) group.examples.push(skipped);
    },
    build() {
      const riskInput = toRiskInput();
      const risk = scoreRisk(riskInput);
      const values = new Map([...activeTypes].map(([type, active]) => [type, active.values.size] as const));
      const breach = estimateBreachSeverity({
        categories: riskInput.categories,
        values,
        nationalIds: riskInput.nationalIds,
      });
      const typeSections = toTypes();
      const articles = Map.groupBy(
        typeSections.flatMap((section) => describeType(section.type).articles.map((article) => ({ article, section }))),
        ({ article }) => article,
      );
      const skipped = toSkipped();
      const { scan } = input;
      const model: ReportModel = {
        schemaVersion: '1.0',
        language,
        generatedAt: new Date(input.generatedAt).toISOString(),
        product: { name: 'DataGuardian Pro', version: input.version },
        ...(input.organisation === undefined ? {} : { organisation: input.organisation }),
        ...(input.preparedBy === undefined ? {} : { preparedBy: input.preparedBy }),
        scan,
        risk,
        riskInput,
        ...(breach === undefined ? {} : { breach }),
        summary: [],
        totals: {
          findings: total,
          distinctValues: allValues.size,
          itemsWithFindings: items.size,
          bySeverity,
          byCategory,
          byStatus,
        },
        types: typeSections,
        locations: toLocations(),
        articles: [...articles]
          .map(([article, entries]) => ({
            ...describeArticle(article, language),
            types: entries.map(({ section }) => section.name),
            count: entries.reduce((sum, { section }) => sum + section.count, 0),
          }))
          .sort((a, b) => b.count - a.count || a.article.localeCompare(b.article)),
        coverage: {
          itemRatio: scan.totalItems === 0 ? 1 : Math.min(1, scan.doneItems / scan.totalItems),
          skippedTotal: skipped.reduce((sum, { count }) => sum + count, 0),
          skipped,
        },
        annex: severities.flatMap((severity) => annex[severity]).slice(0, annexLimit),
      };
      return { ...model, summary: summarise(model) };
    },
  };
}

/** Whether an item ties a person to something: an identity and one more kind of data. */
export function isLinked(found: ReadonlySet<FindingCategory>): boolean {
  return (found.has('identifier') || found.has('contact')) && found.size > 1;
}

/** Makes a report of findings that are at hand; see {@link createReportBuilder} for findings that arrive bit by bit. */
export function toReportModel(
  input: ReportInput & { readonly findings: Iterable<ReportFinding>; readonly skipped: Iterable<ReportSkipped> },
): ReportModel {
  const builder = createReportBuilder(input);
  for (const finding of input.findings) builder.addFinding(finding);
  for (const skipped of input.skipped) builder.addSkipped(skipped);
  return builder.build();
}

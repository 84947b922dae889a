import { describeType, type Finding, type Severity } from '@dataguardian/scanner';
import type { ReportContext, ReportStream } from './report-format.ts';

const LEVELS: Readonly<Record<Severity, string>> = { low: 'note', medium: 'warning', high: 'error', critical: 'error' };
/** The scale that code hosts rank by, 0 to 10. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  low: '3.0',
  medium: '5.5',
  high: '8.0',
  critical: '9.5',
};

/** SARIF 2.1.0 (OASIS, 2020), for code hosts and editors. */
export function createSarifReport({ version, language }: ReportContext): ReportStream {
  const rules = new Map<string, { readonly index: number; readonly rule: object }>();
  let isFirst = true;

  const ruleFor = (finding: Finding): number => {
    const known = rules.get(finding.type);
    if (known) return known.index;
    const index = rules.size;
    rules.set(finding.type, { index, rule: toRule(finding, language) });
    return index;
  };

  return {
    begin: () =>
      '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{' +
      '"columnKind":"utf16CodeUnits","results":[',
    finding(finding) {
      const separator = isFirst ? '\n' : ',\n';
      isFirst = false;
      return separator + JSON.stringify(toResult(finding, ruleFor(finding), language));
    },
    end(summary) {
      const driver = {
        name: 'DataGuardian Pro',
        version,
        semanticVersion: version,
        rules: [...rules.values()].map(({ rule }) => rule),
      };
      const invocation = {
        executionSuccessful: !summary.isPartial,
        startTimeUtc: new Date(summary.startedAt).toISOString(),
        toolExecutionNotifications: summary.skipped.map(({ item, code, reason }) => ({
          level: 'note',
          descriptor: { id: code },
          message: { text: `Not scanned: ${reason}` },
          locations: [{ physicalLocation: { artifactLocation: { uri: toUri(item) } } }],
        })),
      };
      return `\n],"tool":${JSON.stringify({ driver })},"invocations":[${JSON.stringify(invocation)}]}]}\n`;
    },
  };
}

function toRule({ type, severity, category }: Finding, language: 'en' | 'nl'): object {
  const description = describeType(type);
  const name = description.name[language];
  const articles = description.articles.join(', ');
  const remedy = description.remedy[language] || name;
  return {
    id: type,
    name: type,
    shortDescription: { text: name },
    fullDescription: { text: articles === '' ? name : `${name} (${articles})` },
    help: { text: remedy, markdown: remedy },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['privacy', category], precision: 'high', 'security-severity': SECURITY_SEVERITY[severity] },
  };
}

function toResult(finding: Finding, ruleIndex: number, language: 'en' | 'nl'): object {
  const { location } = finding;
  const name = describeType(finding.type).name[language];
  const region =
    location.line === undefined
      ? {}
      : {
          region: {
            startLine: location.line,
            startColumn: location.column ?? 1,
            ...(location.start === undefined ? {} : { charOffset: location.start }),
            ...(location.start === undefined || location.end === undefined
              ? {}
              : { charLength: location.end - location.start }),
          },
        };
  const detail = describeDetail(location);
  return {
    ruleId: finding.type,
    ruleIndex,
    level: LEVELS[finding.severity],
    rank: Math.round(finding.score * 1000) / 10,
    message: { text: `${name}: ${finding.masked}${detail === '' ? '' : ` (${detail})`}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: toUri(location.item) }, ...region },
        ...(detail === ''
          ? {}
          : { logicalLocations: [{ fullyQualifiedName: `${location.item} ${detail}`, kind: 'member' }] }),
      },
    ],
    partialFingerprints: { 'dataguardianValue/v1': finding.fingerprint },
    properties: { category: finding.category, severity: finding.severity, reasons: finding.reasons },
  };
}

function describeDetail({ row, field, page, part, commit }: Finding['location']): string {
  return [
    page === undefined ? '' : `page ${page}`,
    part ?? '',
    row === undefined ? '' : `row ${row}`,
    field ?? '',
    commit === undefined ? '' : `commit ${commit.slice(0, 12)}`,
  ]
    .filter((text) => text !== '')
    .join(', ');
}

function toUri(item: string): string {
  if (/^https?:\/\//.test(item)) return encodeURI(item.replaceAll(/\p{Cc}/gu, ''));
  return item
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
}

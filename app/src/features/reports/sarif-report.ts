import { createHash } from 'node:crypto';
import { describeType, type Severity } from '@dataguardian/scanner';
import { type ReportFinding, type ReportModel, isActive } from './report-model.ts';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};
/** What code-scanning pages sort by: 9 and more reads critical, 7 high, 4 medium. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '7.5',
  medium: '5.0',
  low: '2.0',
};
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

function toUri(item: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(item)) return item;
  return item.split('/').map(encodeURIComponent).join('/');
}

/** An identity of the place that survives edits elsewhere in the file; the value's fingerprint is keyed already. */
function toIdentity(finding: ReportFinding): string {
  const { item, field, part } = finding.location;
  return createHash('sha256')
    .update([finding.type, finding.fingerprint, item, field ?? '', part ?? ''].join('\u0000'))
    .digest('hex');
}

function toRule(type: string, { language }: ReportModel): object {
  const description = describeType(type);
  return {
    id: type,
    name: type,
    shortDescription: { text: description.name[language] },
    fullDescription: { text: [description.name[language], ...description.articles].join(', ') },
    help: { text: description.remedy[language] || description.name[language] },
    defaultConfiguration: { level: LEVELS[description.severity] },
    properties: {
      tags: ['privacy', description.category, ...description.articles],
      'security-severity': SECURITY_SEVERITY[description.severity],
    },
  };
}

function toResult(finding: ReportFinding, { language }: ReportModel): object {
  const { location } = finding;
  const region =
    location.line === undefined
      ? undefined
      : {
          startLine: location.line,
          ...(location.column === undefined ? {} : { startColumn: location.column }),
        };
  return {
    ruleId: finding.type,
    level: LEVELS[finding.severity],
    message: { text: `${describeType(finding.type).name[language]}: ${finding.masked}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(location.item) },
          ...(region === undefined ? {} : { region }),
        },
        ...(location.field === undefined ? {} : { logicalLocations: [{ name: location.field, kind: 'member' }] }),
      },
    ],
    partialFingerprints: { 'dataguardian/v1': toIdentity(finding) },
    rank: Math.round(finding.score * 1000) / 10,
    ...(isActive(finding.status)
      ? {}
      : {
          suppressions: [
            { kind: 'external', status: 'accepted', justification: finding.statusReason ?? finding.status ?? '' },
          ],
        }),
    properties: { category: finding.category, severity: finding.severity, reasons: finding.reasons },
  };
}

/** Writes findings as SARIF 2.1.0, for code-scanning pages and editors. */
export async function* writeSarifReport(
  model: ReportModel,
  findings: Iterable<ReportFinding> | AsyncIterable<ReportFinding>,
): AsyncGenerator<string> {
  // False positives are no part of the sections, but their results name a rule as well: rules come last.
  const rules = new Set(model.types.map(({ type }) => type));
  yield `{"$schema":${JSON.stringify(SCHEMA)},"version":"2.1.0","runs":[{"results":[`;
  let separator = '\n';
  for await (const finding of findings) {
    rules.add(finding.type);
    yield separator + JSON.stringify(toResult(finding, model));
    separator = ',\n';
  }
  const tail = {
    tool: {
      driver: {
        name: model.product.name,
        version: model.product.version,
        rules: [...rules].sort().map((type) => toRule(type, model)),
      },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: model.scan.status === 'completed',
        startTimeUtc: new Date(model.scan.startedAt).toISOString(),
        ...(model.scan.finishedAt === undefined ? {} : { endTimeUtc: new Date(model.scan.finishedAt).toISOString() }),
        toolExecutionNotifications: model.coverage.skipped.flatMap(({ code, examples }) =>
          examples.map(({ item, reason }) => ({
            level: 'note',
            descriptor: { id: code },
            message: { text: `${item}: ${reason}` },
          })),
        ),
      },
    ],
  };
  yield `\n],${JSON.stringify(tail).slice(1)}]}\n`;
}

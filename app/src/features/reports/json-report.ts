import type { ReportFinding, ReportModel } from './report-model.ts';

/** Writes the model and every finding as one JSON document; `schemaVersion` changes when a reader would have to. */
export async function* writeJsonReport(
  model: ReportModel,
  findings: Iterable<ReportFinding> | AsyncIterable<ReportFinding>,
): AsyncGenerator<string> {
  const { annex: _, ...head } = model;
  yield `${JSON.stringify(head).slice(0, -1)},"findings":[`;
  let separator = '\n';
  for await (const finding of findings) {
    yield separator + JSON.stringify(finding);
    separator = ',\n';
  }
  yield '\n]}\n';
}

import type { ReportModel } from './report-model.ts';

export function renderPdfReport(model: ReportModel): Promise<Uint8Array> {
  return Promise.resolve(new TextEncoder().encode(model.language));
}

import { parentPort, type Transferable } from 'node:worker_threads';
import { renderHtmlReport } from './html-report.ts';
import { renderPdfReport } from './pdf/pdf-report.ts';
import type { LaidOutFormat, ReportAnswer, ReportJob } from './report-renderer.ts';
import type { ReportModel } from './report-model.ts';

const RENDERERS: Readonly<Record<LaidOutFormat, (model: ReportModel) => Promise<Uint8Array> | Uint8Array>> = {
  pdf: renderPdfReport,
  html: (model) => new TextEncoder().encode(renderHtmlReport(model)),
};

async function answer({ id, format, model }: ReportJob): Promise<void> {
  let result: ReportAnswer;
  const transfer: Transferable[] = [];
  try {
    // A copy of its own: small buffers share a pool with others, which must not be transferred.
    const bytes = Uint8Array.from(await RENDERERS[format](model));
    transfer.push(bytes.buffer);
    result = { id, bytes };
  } catch (error) {
    result = { id, problem: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(result, transfer);
}

parentPort?.on('message', (job: ReportJob) => void answer(job));

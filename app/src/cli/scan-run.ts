import { statSync } from 'node:fs';
import {
  runScanInThreads,
  scan,
  type ScanEvent,
  ScannerError,
  type ScanOptions,
  type SourceSpec,
} from '@dataguardian/scanner';
import type { Finding } from '@dataguardian/scanner';
import type { ReportStream } from './formats/report-format.ts';
import { type Baseline, toBaselineEntry } from './scan-baseline.ts';
import type { ReportOutput } from './scan-output.ts';
import type { ProgressView } from './scan-progress.ts';
import { createSummary, type ScanSummary } from './scan-summary.ts';

/** One scan from the command line. */
export interface ScanRun {
  readonly target: string;
  readonly source: SourceSpec;
  readonly options: ScanOptions;
  readonly threads: number | undefined;
  readonly report: ReportStream;
  readonly output: ReportOutput;
  readonly progress: ProgressView;
  readonly baseline: Baseline | undefined;
  readonly now: () => number;
}

/** A finished run. */
export interface FinishedScanRun {
  readonly summary: ScanSummary;
  /** Every finding in the form a baseline keeps. */
  readonly baselineEntries: readonly ReturnType<typeof toBaselineEntry>[];
}

/** Scans and writes the report as findings come. A stop by the signal ends in a partial report, not in an error. */
export async function runScan(run: ScanRun): Promise<FinishedScanRun> {
  const { target, report, output, progress, baseline, options } = run;
  const startedAt = run.now();
  const summary = createSummary({ target, sourceKind: run.source.kind, startedAt });
  const baselineEntries: ReturnType<typeof toBaselineEntry>[] = [];
  let isPartial = false;
  let hasBegun = false;
  const begin = async (): Promise<void> => {
    if (!hasBegun) await output.write(report.begin());
    hasBegun = true;
  };
  const takeFinding = async (finding: Finding): Promise<void> => {
    baselineEntries.push(toBaselineEntry(finding));
    if (baseline?.has(finding) === true) {
      summary.addSuppressed();
      return;
    }
    summary.addFinding(finding);
    const text = report.finding(finding);
    if (text !== '') await output.write(text);
  };
  try {
    for await (const event of startScan(run)) {
      // Only now is it sure that the source can be read at all, and that there will be a report.
      await begin();
      progress.add(event);
      summary.add(event);
      if (event.kind === 'finding') await takeFinding(event.finding);
    }
  } catch (error) {
    if (!(error instanceof ScannerError && error.code === 'SCANNER_ABORTED' && options.signal?.aborted === true))
      throw error;
    isPartial = true;
  } finally {
    progress.clear();
  }
  await begin();
  const built = summary.build({ durationMs: run.now() - startedAt, isPartial });
  await output.write(await report.end(built));
  return { summary: built, baselineEntries };
}

function startScan({ source, options, threads }: ScanRun): AsyncIterable<ScanEvent> {
  const isFolder = (source.kind === 'path' || source.kind === 'repository') && isDirectory(source.path);
  if (!isFolder || threads === 1) return scan(source, options);
  return runScanInThreads(source, { ...options, ...(threads === undefined ? {} : { threads }) });
}

function isDirectory(path: string | undefined): boolean {
  return path !== undefined && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

import type { Finding } from '@dataguardian/scanner';
import type { ScanSummary } from '../scan-summary.ts';

/** A report that is written while the scan runs. Each method returns the text to write next, possibly none. */
export interface ReportStream {
  begin(): string;
  finding(finding: Finding): string;
  end(summary: ScanSummary): string | Promise<string | Uint8Array>;
}

/** What a format may adapt to. */
export interface ReportContext {
  readonly target: string;
  /** Whether to colour; only on a terminal that wants it. */
  readonly colours: boolean;
  readonly version: string;
  readonly language: 'en' | 'nl';
}

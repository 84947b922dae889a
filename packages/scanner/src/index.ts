export { createDetection, type Detection, type DetectionOptions } from './detection/detection.ts';
export type { Detected } from './detection/detected.ts';
export type { DetectionHints } from './detection/document-view.ts';
export { maskValue } from './detection/mask-value.ts';
export { normaliseValue } from './detection/normalise-value.ts';
export { describeType } from './catalogue/describe-type.ts';
export { describedTypes } from './catalogue/described-types.ts';
export type { Bilingual, FindingCategory, Severity, TypeDescription } from './catalogue/type-description.ts';
export { planScan, scan, scanChunk } from './scan.ts';
export type { BlobItem, FileItem, ScanChunk, SkippedItem, TableItem } from './chunk.ts';
export type { Finding, FindingLocation } from './finding.ts';
export type { IncrementalOptions, ScanLimits, ScanOptions } from './options.ts';
export type {
  CoverageEvent,
  DoneEvent,
  FindingEvent,
  ItemEvent,
  PlannedEvent,
  ProgressEvent,
  ScanEvent,
  SkippedEvent,
} from './scan-event.ts';
export type {
  DatabaseSource,
  PathSource,
  RepositorySource,
  SourceSpec,
  UploadSource,
  WebsiteSource,
} from './source-spec.ts';
export { ScannerError, scannerErrors, type ScannerErrorCode } from './errors.ts';
export { skipCodes, type SkipCode } from './skip-code.ts';
export { runScanInThreads, type ThreadedScanOptions } from './threads/run-scan-in-threads.ts';
export { createScanPool, type ScanPool, type ScanPoolOptions } from './threads/scan-pool.ts';

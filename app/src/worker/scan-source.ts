import { join } from 'node:path';
import type { SourceSpec } from '@dataguardian/scanner';
import type { ScanSource } from '../features/scans/schema.ts';

/** The folder of one upload below the data folder. */
export function uploadFolder(dataDir: string, uploadId: string): string {
  return join(dataDir, 'uploads', uploadId);
}

const compact = <Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } =>
  // Only absent keys are dropped, which is what the type says.
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as never;

/** The source as the scanner takes it. */
export function toSourceSpec(source: ScanSource, dataDir: string): SourceSpec {
  switch (source.kind) {
    case 'upload':
      return { kind: 'upload', path: uploadFolder(dataDir, source.uploadId) };
    case 'path':
      return source;
    case 'database': {
      const { allowPrivate = false, ...rest } = source;
      return compact({ ...rest, publicOnly: !allowPrivate && !source.url.startsWith('sqlite:') });
    }
    case 'repository':
    case 'website':
      return compact(source);
  }
}

import { ScannerError } from '../errors.ts';
import type { SourceSpec } from '../source-spec.ts';
import { createDatabaseSource } from './database/database.ts';
import { createFilesSource } from './files.ts';
import { createRepositorySource } from './repository/repository.ts';
import type { Source } from './source.ts';
import { createWebsiteSource } from './website/website.ts';

/** Opens the source that a specification names. @throws ScannerError when it names none. */
export function openSource(spec: SourceSpec): Source {
  switch (spec.kind) {
    case 'path':
    case 'upload':
      return createFilesSource(spec);
    case 'database':
      return createDatabaseSource(spec);
    case 'website':
      return createWebsiteSource(spec);
    case 'repository':
      return createRepositorySource(spec);
    default:
      throw new ScannerError('SCANNER_SOURCE_INVALID', `unknown kind ${JSON.stringify((spec as SourceSpec).kind)}`);
  }
}

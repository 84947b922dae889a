import { ScannerError } from '../../errors.ts';
import type { DatabaseSource } from '../../source-spec.ts';
import type { Source } from '../source.ts';
import { createMysqlSource } from './mysql.ts';
import { createPostgresSource } from './postgres.ts';
import { createSqliteSource } from './sqlite.ts';

const BY_SCHEME: Readonly<Record<string, (spec: DatabaseSource) => Source>> = {
  postgres: createPostgresSource,
  postgresql: createPostgresSource,
  mysql: createMysqlSource,
  mariadb: createMysqlSource,
  sqlite: createSqliteSource,
};

/** Opens the database of an address. @throws ScannerError SCANNER_SCHEME_REFUSED for another kind of server. */
export function createDatabaseSource(spec: DatabaseSource): Source {
  const scheme = /^([a-z]+):/i.exec(spec.url)?.[1]?.toLowerCase() ?? '';
  const create = BY_SCHEME[scheme];
  if (!create) throw new ScannerError('SCANNER_SCHEME_REFUSED', scheme === '' ? 'no scheme' : `${scheme}:`);
  return create(spec);
}

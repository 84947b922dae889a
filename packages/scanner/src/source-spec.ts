/** A file or folder. */
export interface PathSource {
  readonly kind: 'path';
  readonly path: string;
}

/** The folder that holds an upload. Unlike a path it must hold at least one file. */
export interface UploadSource {
  readonly kind: 'upload';
  readonly path: string;
}

/** A git repository, on disk or to be cloned. */
export interface RepositorySource {
  readonly kind: 'repository';
  readonly url?: string;
  readonly path?: string;
  /** Whether to read every version of every file, not only the current ones. @defaultValue false */
  readonly history?: boolean;
  /** Branch, tag or commit. @defaultValue what is checked out, or the default branch */
  readonly ref?: string;
  /** Whether to clone from internal addresses. @defaultValue false */
  readonly allowPrivate?: boolean;
}

/** A PostgreSQL, MySQL or MariaDB server, or an SQLite file. */
export interface DatabaseSource {
  readonly kind: 'database';
  /** `postgres://`, `mysql://`, `mariadb://` or `sqlite:` address. */
  readonly url: string;
  /** @defaultValue 'sample' */
  readonly mode?: 'sample' | 'full';
  /** Rows to read of each table in `sample` mode. @defaultValue 1_000 */
  readonly sampleRows?: number;
  /** Names as `table` or `schema.table`. @defaultValue every table the account may read */
  readonly tables?: readonly string[];
  /** Refuses internal addresses, at the very moment of connecting. @defaultValue false */
  readonly publicOnly?: boolean;
}

/** A web site, crawled from one address within its origin. */
export interface WebsiteSource {
  readonly kind: 'website';
  readonly url: string;
  /** @defaultValue 50 */
  readonly maxPages?: number;
  /** Links to follow from the first page. @defaultValue 3 */
  readonly maxDepth?: number;
  /** @defaultValue 120_000 */
  readonly maxMs?: number;
  /** Whether internal addresses may be fetched. @defaultValue false */
  readonly allowPrivate?: boolean;
}

/** What to scan. */
export type SourceSpec = PathSource | UploadSource | RepositorySource | DatabaseSource | WebsiteSource;

export { createDatabase, type Database } from './database.ts';
export { databaseErrors, DatabaseError, type DatabaseErrorCode } from './errors.ts';
export type { DatabaseOptions } from './options.ts';
export type { PgPoolClient, PgPoolFace } from './pg-pool-face.ts';
export type { Queryable, QueryOptions, QueryResult } from './queryable.ts';
export type { TransactionOptions } from './transaction.ts';

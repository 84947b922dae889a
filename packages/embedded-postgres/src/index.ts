export { embeddedPostgresErrors, EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors.ts';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts';

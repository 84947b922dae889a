/** Why a statement is not cached; stable for programs. Meanings: docs/modules/query-cache.md. */
export type RefusalCode =
  | 'cache-off'
  | 'not-one-select'
  | 'not-parsed'
  | 'not-known-yet'
  | 'too-long'
  | 'writes'
  | 'row-locks'
  | 'sample'
  | 'time-or-session-value'
  | 'time-word'
  | 'unsupported-syntax'
  | 'system-column'
  | 'no-tables'
  | 'unknown-relation'
  | 'catalogue-table'
  | 'relation-kind'
  | 'temporary-table'
  | 'row-security'
  | 'subscription'
  | 'no-trigger'
  | 'unknown-function'
  | 'volatile-function'
  | 'stable-function'
  | 'function-body'
  | 'session-setting'
  | 'operator'
  | 'type'
  | 'cast'
  | 'two-phase'
  | 'too-deep';

/** What each code means, without the statement's particulars. */
export const refusals: Readonly<Record<RefusalCode, string>> = {
  'cache-off': 'The query cache of this database is off.',
  'not-one-select': 'Only a text of exactly one SELECT is cached.',
  'not-parsed': 'The parser of PostgreSQL refuses the text.',
  'not-known-yet': 'The catalogues cannot be asked at this moment.',
  'too-long': 'The text is longer than 64 000 characters; reading it would keep the process busy.',
  writes: 'The statement writes rows.',
  'row-locks': 'FOR UPDATE or FOR SHARE locks rows, which an answer from memory would not.',
  sample: 'TABLESAMPLE gives other rows each time.',
  'time-or-session-value': 'current_date, current_user and their like depend on the moment or the session.',
  'time-word': "A literal such as 'now' or 'today' depends on the moment.",
  'unsupported-syntax': 'The statement has a construct that the classifier does not know.',
  'system-column': 'ctid, xmin and their like change without a write.',
  'no-tables': 'Nothing is read that could be cached.',
  'unknown-relation': 'A table does not exist, or the role may not see it.',
  'catalogue-table': "PostgreSQL's own catalogues change without a trigger.",
  'relation-kind': 'Materialized views, foreign tables and sequences change without a trigger.',
  'temporary-table': 'A temporary table belongs to one session.',
  'row-security': 'Row-level security binds the role; read with cachedRead and the settings that its policies use.',
  subscription: 'Logical replication writes the table without firing statement triggers.',
  'no-trigger': 'The table does not announce its writes; call installInvalidation.',
  'unknown-function': 'A function was not found.',
  'volatile-function': 'A function may give another answer each time.',
  'stable-function': 'A function depends on the moment, the session or tables in a way that cannot be seen.',
  'function-body': 'The body of a function cannot be analysed.',
  'session-setting':
    'current_setting reads a setting that is not given to cachedRead, or a given one changes names or rights.',
  operator: 'An operator is implemented by a function that may give another answer each time.',
  type: 'A type reads catalogues or has checks of its own.',
  cast: 'The database has a cast implemented by a function that is not immutable.',
  'two-phase': 'The server allows prepared transactions, whose commit cannot be seen.',
  'too-deep': 'Views or functions are nested too deeply.',
};

/** Thrown inside the classifier where it finds what cannot be cached. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, subject?: string) {
    super(subject === undefined ? refusals[code] : `${refusals[code]} (${subject})`);
    this.name = 'Refusal';
    this.code = code;
  }
}

import pg from 'pg';
import type { QueryResult } from 'pg';
import type { ResultField } from '../statement-runner.ts';

/** What a result of `pg` is made from. */
export interface PgResultParts {
  readonly rows: unknown[];
  readonly fields: readonly ResultField[];
  readonly command: string;
  readonly rowCount: number | undefined;
}

const ResultOfPg = (pg as unknown as { Result: new (rowMode: string | undefined, types: unknown) => QueryResult })
  .Result;

/** The result that `pg` would have given: its class, its names, `null` where it counts nothing. */
export function toPgResult({ rows, fields, command, rowCount }: PgResultParts, rowMode?: string): QueryResult {
  const result = new ResultOfPg(rowMode, undefined);
  return Object.assign(result, {
    rows,
    // The caller's own, as with `pg`: ours are shared by all results of the statement.
    fields: fields.map((field) => ({ ...field })),
    command,
    rowCount: rowCount ?? null,
    // The server still says a zero where it once said the row's object id.
    oid: command === 'INSERT' ? 0 : null,
  });
}

import pg from 'pg';
import type { ResultField } from '../statement-runner.ts';

/** What turned the text of each column into its value. */
export type TypeParsers = readonly unknown[];

/** Those of `pg.types` for the columns of a result. */
export function findParsers(fields: readonly ResultField[]): TypeParsers {
  return fields.map(({ dataTypeID }) => pg.types.getTypeParser(dataTypeID, 'text') as unknown);
}

/** Whether nobody has set another parser for one of the columns meanwhile. */
export function areParsersCurrent(fields: readonly ResultField[], parsers: TypeParsers): boolean {
  for (let column = 0; column < parsers.length; column++)
    if (pg.types.getTypeParser(fields[column]?.dataTypeID ?? 0, 'text') !== parsers[column]) return false;
  return true;
}

import { advisorErrors } from '@dataguardian/advisor';
import { cacheErrors } from '@dataguardian/cache';
import { dashboardErrors } from '@dataguardian/dashboard';
import { databaseErrors } from '@dataguardian/database';
import { embeddedPostgresErrors } from '@dataguardian/embedded-postgres';
import { profilerErrors } from '@dataguardian/profiler';
import { resilienceErrors } from '@dataguardian/resilience';
import { scannerErrors, skipCodes } from '@dataguardian/scanner';
import { sessionErrors } from '@dataguardian/sessions';

type Table = Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

const TABLES: Readonly<Record<string, Table>> = {
  'Package scanner: what ends a scan': scannerErrors,
  'Package scanner: what leaves one item out': skipCodes,
  'Package cache': cacheErrors,
  'Package database': databaseErrors,
  'Package sessions': sessionErrors,
  'Package profiler': profilerErrors,
  'Package advisor': advisorErrors,
  'Package dashboard': dashboardErrors,
  'Package resilience': resilienceErrors,
  'Package embedded-postgres': embeddedPostgresErrors,
};

/** The tables of every package as Markdown. */
export function renderErrorTables(): string {
  return Object.entries(TABLES)
    .map(([title, table]) => {
      const rows = Object.entries(table).map(([code, { message, hint }]) => `| \`${code}\` | ${message} | ${hint} |`);
      return `## ${title}\n\n| code | meaning | what to do |\n|---|---|---|\n${rows.join('\n')}\n`;
    })
    .join('\n');
}

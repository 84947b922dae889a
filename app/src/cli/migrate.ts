import { Command } from 'commander';
import { loadConfig, readEnvironment } from '../config.ts';
import { findRunningDatabase } from './running-database.ts';
import { say } from './terminal.ts';

/** `dataguardian migrate`: brings the schema up to date and ends. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the schema of the database up to date; start does it by itself')
    .addHelpText('after', '\nExamples:\n  $ dataguardian migrate\n  $ DATABASE_URL=postgresql://… dataguardian migrate')
    .action(async () => {
      const config = loadConfig(readEnvironment(process.cwd(), process.env));
      const { migrate } = await import('../migrations/runner.ts');
      const { startEmbeddedPostgres } = await import('@dataguardian/embedded-postgres');
      const running = findRunningDatabase(config);
      const embedded = running === undefined ? await startEmbeddedPostgres({ dataDir: config.dataDir }) : undefined;
      try {
        const { applied, total } = await migrate(running ?? embedded?.connectionString ?? '');
        say(applied.length === 0 ? `The schema is up to date (${total} steps).` : `Applied: ${applied.join(', ')}.`);
      } finally {
        await embedded?.stop();
      }
    });
}

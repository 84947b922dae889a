import { startEmbeddedPostgres } from '@dataguardian/embedded-postgres';
import { Command } from 'commander';
import { loadConfig, readEnvironment } from '../config.ts';
import { migrate } from '../migrations/runner.ts';
import { say } from './terminal.ts';

/** `dataguardian migrate`: brings the schema up to date and ends. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the schema of the database up to date; start does it by itself')
    .addHelpText('after', '\nExample:\n  $ DATABASE_URL=postgresql://… dataguardian migrate')
    .action(async () => {
      const config = loadConfig(readEnvironment(process.cwd(), process.env));
      const embedded =
        config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: config.dataDir }) : undefined;
      try {
        const { applied, total } = await migrate(config.databaseUrl ?? embedded?.connectionString ?? '');
        say(applied.length === 0 ? `The schema is up to date (${total} steps).` : `Applied: ${applied.join(', ')}.`);
      } finally {
        await embedded?.stop();
      }
    });
}

import { Command } from 'commander';
import { completionCommand } from './completion.ts';
import { detectCommand } from './detect.ts';
import { doctorCommand } from './doctor.ts';
import { migrateCommand } from './migrate.ts';
import { scanCommand } from './scan.ts';
import { startCommand } from './start.ts';
import { workerCommand } from './worker.ts';

/** Every command of `dataguardian`. */
export function createProgram(version: string): Command {
  return new Command('dataguardian')
    .description('Finds personal data and secrets in files, code, databases and web pages.')
    .version(version)
    .showHelpAfterError('Run with --help to see how it is used.')
    .configureHelp({ sortSubcommands: false })
    .addCommand(startCommand())
    .addCommand(scanCommand())
    .addCommand(detectCommand())
    .addCommand(workerCommand())
    .addCommand(migrateCommand())
    .addCommand(doctorCommand())
    .addCommand(completionCommand())
    .addHelpText(
      'after',
      `
Examples:
  $ dataguardian start                            the whole product, http://127.0.0.1:3000
  $ dataguardian scan ./documents                 a scan without a server
  $ dataguardian scan https://example.org --format html --output report.html
  $ echo '{"id":1,"text":"…"}' | dataguardian detect
  $ dataguardian doctor                           what is wrong, and what to do`,
    );
}

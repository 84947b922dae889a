import { CommanderError, type Command } from 'commander';
import { createProgram } from './cli/program.ts';
import { complain, EXIT } from './cli/terminal.ts';
import { version } from './version.ts';

// The launcher's channel tells when it is gone; it must not keep a finished command alive.
process.channel?.unref();

/** Wrong usage ends with 2, which subcommands must inherit. */
function throwInsteadOfExiting(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) throwInsteadOfExiting(subcommand);
}

const program = createProgram(version);
throwInsteadOfExiting(program);
try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  } else {
    complain(error instanceof Error ? error.message : String(error));
    if (process.env['LOG_LEVEL'] === 'debug' && error instanceof Error) complain(error.stack ?? '');
    process.exitCode =
      error instanceof Error && 'code' in error && error.code === 'CONFIG_INVALID' ? EXIT.usage : EXIT.failed;
    process.exit();
  }
}

import { Command } from 'commander';
import { loadConfig, readEnvironment, type Config } from '../config.ts';
import type { FirstAdministrator } from '../features/accounts/first-run.ts';
import { stopSignal } from './stop-signal.ts';
import { say } from './terminal.ts';

/** `dataguardian start`: the whole product in one process. */
export function startCommand(): Command {
  return new Command('start')
    .description('run the server and a worker; the whole product on embedded defaults')
    .option('--check', 'start, ask /health/ready, print the answer and stop')
    .option('--no-worker', 'serve without scanning; run "dataguardian worker" elsewhere')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dataguardian start\n  $ PORT=8080 DATAGUARDIAN_DATA_DIR=/srv/dg dataguardian start\n  $ dataguardian start --check && echo it works',
    )
    .action(async (options: { check?: boolean; worker: boolean }) => {
      const config = loadConfig(readEnvironment(process.cwd(), process.env));
      await run(config, { check: options.check === true, worker: options.worker });
    });
}

async function run(config: Config, options: { readonly check: boolean; readonly worker: boolean }): Promise<void> {
  // Loaded here, so that the other commands start without the server's weight.
  const { serve } = await import('../server/serve.ts');
  await serve(config, {
    worker: options.worker,
    signal: stopSignal(),
    onReady: welcome,
    ...(options.check ? { onRunning: check } : {}),
  });
  if (process.connected) process.disconnect();
  // Handles of libraries must not keep a stopped product alive.
  process.exit(process.exitCode ?? 0);
}

async function check(url: string): Promise<void> {
  const answer = await fetch(`${url}/health/ready`);
  say(await answer.text());
  say(answer.ok ? 'ok' : 'NOT ok');
  process.exitCode = answer.ok ? 0 : 1;
}

function welcome(url: string, administrator: FirstAdministrator | undefined): void {
  say('');
  say(`  DataGuardian Pro is ready: ${url}`);
  if (administrator !== undefined) {
    say('');
    say(`  Sign in as   ${administrator.email}`);
    if (administrator.password !== undefined)
      say(`  Password     ${administrator.password}   (shown this once; change it under Account)`);
  }
  say('');
}

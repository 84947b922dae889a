import { Command } from 'commander';
import { loadConfig, readEnvironment, type Config } from '../config.ts';
import type { FirstAdministrator } from '../features/accounts/first-run.ts';
import { createLogger } from '../logging.ts';
import { bringUp } from '../server/bring-up.ts';
import { openProduct } from '../server/product.ts';
import { createServer } from '../server/server.ts';
import { createStartup } from '../server/startup.ts';
import { startWorker } from '../worker/worker.ts';
import { say } from './terminal.ts';

const LONGEST_DRAIN_MS = 10_000;

/** `dataguardian start`: the whole product in one process. */
export function startCommand(): Command {
  return new Command('start')
    .description('run the server and a worker; the whole product on embedded defaults')
    .option('--check', 'start, ask /health/ready, print the answer and stop')
    .option('--no-worker', 'serve without scanning; run "dataguardian worker" elsewhere')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dataguardian start\n  $ PORT=8080 DATAGUARDIAN_DATA_DIR=/srv/dg dataguardian start',
    )
    .action(async (options: { check?: boolean; worker: boolean }) => {
      const config = loadConfig(readEnvironment(process.cwd(), process.env));
      await run(config, { check: options.check === true, worker: options.worker });
    });
}

async function run(config: Config, options: { readonly check: boolean; readonly worker: boolean }): Promise<void> {
  const log = createLogger(config.logLevel);
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    const end = (): void => {
      stop.abort(new Error('stopping'));
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
    // The process that started this one is gone, whatever ended it.
    process.on('disconnect', end);
  });
  const product = await openProduct(config, log);
  const { context } = product;
  const startup = createStartup();
  let closeServer: (() => Promise<void>) | undefined;
  let closeWorker: (() => Promise<void>) | undefined;
  try {
    const app = await createServer(context, startup);
    closeServer = () => app.close();
    await listen(app, config);
    const administrator = await bringUp(context, startup, stop.signal);
    if (options.worker) {
      const worker = await startWorker(context);
      closeWorker = () => worker.stop();
    }
    startup.finish();
    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : config.port;
    const url = `http://${config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host}:${port}`;
    welcome(url, administrator);
    if (options.check) {
      const answer = await fetch(`${url}/health/ready`);
      say(await answer.text());
      process.exitCode = answer.ok ? 0 : 1;
    } else {
      await stopped;
      log.info('stopping');
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    const drained = Promise.all([closeServer?.(), closeWorker?.()]);
    await Promise.race([drained, context.clock.sleep(LONGEST_DRAIN_MS)]).catch((error: unknown) =>
      log.warn({ err: error }, 'closing'),
    );
    await product.close();
    if (process.connected) process.disconnect();
  }
  // Handles of libraries must not keep a stopped product alive.
  process.exit(process.exitCode ?? 0);
}

async function listen(app: Awaited<ReturnType<typeof createServer>>, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${port} on ${host} is in use. Stop what uses it, or choose another with PORT=…`, { cause });
    if (code === 'EACCES')
      throw new Error(`This account may not listen on port ${port}. Choose one above 1023 with PORT=…`, { cause });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Error(`HOST=${host} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all.`, { cause });
    throw cause;
  }
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

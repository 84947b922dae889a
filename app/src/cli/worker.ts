import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { loadConfig, readEnvironment, type Config } from '../config.ts';
import { createLogger } from '../logging.ts';
import { secretFile } from '../server/secret.ts';
import { findRunningDatabase } from './running-database.ts';
import { stopSignal } from './stop-signal.ts';
import { say } from './terminal.ts';

/** `dataguardian worker`: a further worker for the same database. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('run a further worker for the same database; any number, on any machine')
    .addHelpText(
      'after',
      '\nExamples:\n  $ DATABASE_URL=postgresql://… DATAGUARDIAN_SECRET=… dataguardian worker\n  $ dataguardian worker        # beside a running start, same data folder',
    )
    .action(async () => {
      await run(loadConfig(readEnvironment(process.cwd(), process.env)));
      process.exit(process.exitCode ?? 0);
    });
}

async function run(config: Config): Promise<void> {
  const connectionString = findRunningDatabase(config);
  if (connectionString === undefined)
    throw new Error(
      `No product runs on ${config.dataDir} and DATABASE_URL is not set. Start the product first, or set DATABASE_URL.`,
    );
  // A secret of its own could open nothing that the others sealed.
  if (config.secret === undefined && !existsSync(secretFile(config.dataDir)))
    throw new Error(
      `This worker does not know the installation's secret. Set DATAGUARDIAN_SECRET to that of the server, or copy its ${secretFile(config.dataDir)} here.`,
    );
  const { wireProduct } = await import('../server/product.ts');
  const { whenDatabaseAnswers } = await import('../server/bring-up.ts');
  const { startWorker } = await import('../worker/worker.ts');
  const product = wireProduct(config, createLogger(config.logLevel), connectionString);
  const signal = stopSignal();
  try {
    const worker = await whenDatabaseAnswers(product.context, () => startWorker(product.context), { signal });
    say('The worker waits for chunks. Ctrl-C stops it.');
    if (!signal.aborted)
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    await worker.stop();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await product.close();
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadConfig, readEnvironment, type Config } from '../config.ts';
import { createLogger } from '../logging.ts';
import { CONNECTION_FILE, wireProduct } from '../server/product.ts';
import { startWorker } from '../worker/worker.ts';
import { say } from './terminal.ts';

/** `dataguardian worker`: a further worker for the same database. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('run a further worker for the same database; any number, on any machine')
    .addHelpText(
      'after',
      '\nExamples:\n  $ DATABASE_URL=postgresql://… dataguardian worker\n  $ dataguardian worker        # beside a running start, same data folder',
    )
    .action(async () => {
      const config = loadConfig(readEnvironment(process.cwd(), process.env));
      const log = createLogger(config.logLevel);
      const product = wireProduct(config, log, findDatabase(config));
      const worker = await startWorker(product.context);
      say('The worker waits for chunks. Ctrl-C stops it.');
      await new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
        process.on('disconnect', () => resolve());
      });
      await worker.stop();
      await product.close();
      process.exit(0);
    });
}

/** The configured database, else that of the product running on the same data folder. */
export function findDatabase(config: Config): string {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  try {
    const text = readFileSync(join(config.dataDir, CONNECTION_FILE), 'utf8');
    // Written by `start` alone, readable by its account alone.
    return (JSON.parse(text) as { connectionString: string }).connectionString;
  } catch (cause) {
    throw new Error(
      `No product runs on ${config.dataDir} and DATABASE_URL is not set. Start the product first, or set DATABASE_URL.`,
      { cause },
    );
  }
}

import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import type { FirstAdministrator } from '../features/accounts/first-run.ts';
import { createLogger } from '../logging.ts';
import { startWorker, type Worker } from '../worker/worker.ts';
import { bringUp, whenDatabaseAnswers } from './bring-up.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { drain } from './graceful-close.ts';
import { openProduct } from './product.ts';
import { createServer } from './server.ts';
import { createStartup } from './startup.ts';

/** What {@link serve} is told and tells. */
export interface ServeOptions {
  /** Whether a worker runs in this process. */
  readonly worker: boolean;
  /** Aborted when the product should stop. */
  readonly signal: AbortSignal;
  /** The server answers; an administrator is given when one was made just now. */
  readonly onReady: (url: string, administrator: FirstAdministrator | undefined) => void;
  /** Everything runs. Serving ends with the promise when one is returned. @defaultValue until `signal` */
  readonly onRunning?: (url: string) => Promise<void> | undefined;
}

const LONGEST_DRAIN_MS = 10_000;
const STOP_GRACE_MS = 1_000;

/**
 * Runs the whole product until it is told to stop, then finishes what is in flight.
 * @throws DataFolderError, ListenError, MigrationError
 */
export async function serve(config: Config, options: ServeOptions): Promise<void> {
  const { signal } = options;
  const log = createLogger(config.logLevel);
  const lock = lockDataFolder(config.dataDir, toUrl(config, config.port));
  // What was opened last is closed first.
  const closing: (() => Promise<void> | void)[] = [() => lock.release()];
  try {
    const product = await openProduct(config, log);
    closing.push(() => product.close());
    const { context } = product;
    const startup = createStartup();
    const app = await createServer(context, startup);
    let worker: Worker | undefined;
    const sleep = (ms: number): Promise<void> => context.clock.sleep(ms);
    closing.push(async () => {
      const ended = Promise.all([drain(app, sleep, LONGEST_DRAIN_MS), worker?.stop()]);
      // A chunk that does not end is taken by another worker when its lease is over.
      await Promise.race([ended, sleep(LONGEST_DRAIN_MS + STOP_GRACE_MS)]);
    });
    const url = toUrl(config, await listen(app, config));
    lock.announce(url);
    const administrator = await bringUp(context, startup, signal);
    startup.finish();
    options.onReady(url, administrator);
    if (options.worker) worker = await whenDatabaseAnswers(context, () => startWorker(context), { signal });
    await (options.onRunning?.(url) ?? aborted(signal));
    log.info('stopping');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const close of closing.toReversed()) {
      try {
        await close();
      } catch (error) {
        log.warn({ err: error }, 'closing');
      }
    }
  }
}

/** An address that cannot be listened on; the message says what to do. */
export class ListenError extends Error {
  readonly code = 'LISTEN_FAILED';

  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    this.name = 'ListenError';
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE')
      throw new ListenError(
        `Port ${port} on ${host} is in use. Stop what uses it, or choose another with PORT=${port + 1}.`,
        { cause },
      );
    if (code === 'EACCES')
      throw new ListenError(`This account may not listen on port ${port}. Choose one above 1023 with PORT=…`, {
        cause,
      });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new ListenError(`HOST=${host} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all.`, {
        cause,
      });
    throw cause;
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** The address as somebody on this machine reaches it. */
function toUrl({ host }: Config, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

import { Client } from 'pg';
import type { Timer } from '@dataguardian/telemetry';
import type { ResolvedDatabaseOptions } from '../options.ts';
import { addStartupSettings, keepAlive } from '../wire/pg-client.ts';
import type { RunStatement } from './catalogue.ts';

/** A session of the cache's own for questions to the catalogues, open while there are any. */
export interface LookUpSession {
  readonly run: RunStatement;
  close(): Promise<void>;
}

const IDLE_MS = 1_000;

/**
 * Keeps the cache's questions apart from a pool whose connections and statements somebody counts. It asks as the role
 * that reads, and does not keep the process alive.
 */
export function createLookUpSession(options: ResolvedDatabaseOptions): LookUpSession {
  const { clock, role, ssl } = options;
  let opening: Promise<Client> | undefined;
  let idle: Timer | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const open = async (): Promise<Client> => {
    const client = new Client({
      connectionString: options.connectionString,
      application_name: `${options.applicationName} look-ups`,
      connectionTimeoutMillis: options.connectTimeoutMs,
      ...(ssl === undefined ? {} : { ssl }),
    });
    addStartupSettings(client, {
      statement_timeout: String(options.statementTimeoutMs),
      ...(role === undefined ? {} : { role }),
    });
    const forget = (): void => {
      opening = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
    } catch (error) {
      forget();
      throw error;
    }
    return client;
  };
  const end = async (): Promise<void> => {
    idle?.cancel();
    const client = await opening?.catch(() => undefined);
    opening = undefined;
    await client?.end().catch(() => undefined);
  };

  return {
    run(text, values) {
      const answer = last.then(async () => {
        idle?.cancel();
        opening ??= open();
        const client = await opening;
        keepAlive(client, true);
        try {
          return (await client.query<object>(text, [...values])).rows;
        } finally {
          keepAlive(client, false);
          idle = clock.schedule(IDLE_MS, () => void end());
        }
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    async close() {
      await last;
      await end();
    },
  };
}

import { Client } from 'pg';
import type { ResolvedDatabaseOptions } from './options.ts';

/** One session with the server. */
export interface Connection {
  readonly client: Client;
  readonly openedAt: number;
  /** Set when the session cannot be used any more. */
  broken: boolean;
  idleSince: number;
}

/**
 * Opens a session with the pool's settings.
 * @param onBroken Called once when the session ends by itself.
 */
export async function openConnection(
  options: ResolvedDatabaseOptions,
  onBroken: (connection: Connection) => void,
): Promise<Connection> {
  const { clock } = options;
  const client = new Client({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    options: startupOptions(options),
  });
  const connection: Connection = { client, openedAt: clock.monotonic(), broken: false, idleSince: clock.monotonic() };
  const breakDown = (): void => {
    if (connection.broken) return;
    connection.broken = true;
    onBroken(connection);
  };
  client.on('error', breakDown);
  client.on('end', breakDown);
  try {
    await client.connect();
  } catch (error) {
    connection.broken = true;
    await client.end().catch(() => undefined);
    throw error;
  }
  return connection;
}

/** Whether nothing of the last borrower is open on the session. */
export function isIdle({ client }: Connection): boolean {
  const status = client.getTransactionStatus();
  return status !== 'T' && status !== 'E';
}

function startupOptions(options: ResolvedDatabaseOptions): string {
  const settings = {
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleTransactionTimeoutMs,
    ...(options.role === undefined ? {} : { role: options.role }),
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

import { Client } from 'pg';
import type { ResolvedDatabaseOptions } from './options.ts';
import type { Wire, WireObserver, WireStatus } from './wire-observer.ts';

/** One session with the server. */
export interface Connection {
  readonly client: Client;
  readonly openedAt: number;
  readonly wire: Wire;
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
  observers: readonly WireObserver[] = [],
): Promise<Connection> {
  const { clock } = options;
  const client = new Client({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    options: startupOptions(options, observers),
  });
  const wire: Wire = {
    get backendId() {
      return (client as Client & { processID?: number }).processID;
    },
  };
  const now = clock.monotonic();
  const connection: Connection = { client, openedAt: now, wire, broken: false, idleSince: now };
  const breakDown = (): void => {
    if (connection.broken) return;
    connection.broken = true;
    for (const observer of observers) observer.lost(wire);
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
  watch(client, wire, observers);
  return connection;
}

/** Whether nothing of the last borrower is open on the session. */
export function isIdle({ client }: Connection): boolean {
  const status = client.getTransactionStatus();
  return status !== 'T' && status !== 'E';
}

interface ProtocolConnection {
  prependListener(event: 'readyForQuery', listener: (message: { status: WireStatus }) => void): unknown;
}

function watch(client: Client, wire: Wire, observers: readonly WireObserver[]): void {
  if (observers.length === 0) return;
  for (const observer of observers) observer.opened(wire);
  client.on('notice', ({ message }) => {
    for (const observer of observers) observer.noticeReceived(wire, message ?? '');
  });
  // In front of the client's own listener, which settles the statement's promise.
  (client as unknown as { connection: ProtocolConnection }).connection.prependListener(
    'readyForQuery',
    ({ status }) => {
      for (const observer of observers) observer.readyForQuery(wire, status);
    },
  );
}

function startupOptions(options: ResolvedDatabaseOptions, observers: readonly WireObserver[]): string {
  const settings = {
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleTransactionTimeoutMs,
    ...(options.role === undefined ? {} : { role: options.role }),
    ...Object.assign({}, ...observers.map(({ startupSettings }) => startupSettings)),
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

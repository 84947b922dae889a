import { Client } from 'pg';
import type { ResolvedDatabaseOptions } from './options.ts';
import type { WireObserver, Wire } from './wire-observer.ts';
import { watchClient } from './watched-client.ts';
import { addStartupSettings } from './wire/pg-client.ts';
import type { WireSession } from './wire/wire-session.ts';

/** One session with the server. */
export interface Connection {
  readonly client: Client;
  readonly session: WireSession;
  readonly wire: Wire;
  readonly openedAt: number;
  /** When it is to be replaced; never before its borrower is done. */
  readonly expiresAt: number;
  /** Set when the session cannot be used any more. */
  broken: boolean;
  /** Set when nobody may get it after its borrower: its state is not known. */
  condemned: boolean;
  idleSince: number;
  /** The statement handed to it last, `pg` queries of a borrower included. */
  lastStatement(): string;
  /** Whether a borrower touched the statement timeout, so that nobody can say when a statement is overdue. */
  isUnbounded(): boolean;
}

/** Lifetimes are shortened by up to this share, at random. */
const LIFETIME_SPREAD = 0.1;
const TCP_KEEP_ALIVE_MS = 10_000;

/**
 * Opens a session with the pool's settings. One that is not open in time is taken down, socket included.
 * @param onBroken Called once when the session ends by itself.
 */
export async function openConnection(
  options: ResolvedDatabaseOptions,
  onBroken: (connection: Connection, error: Error) => void,
  observers: readonly WireObserver[] = [],
): Promise<Connection> {
  const { clock, random, maxLifetimeMs, ssl } = options;
  const client = new Client({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: TCP_KEEP_ALIVE_MS,
    ...(ssl === undefined ? {} : { ssl }),
  });
  // Not in the configuration: options of the connection string would replace them, the role among them.
  addStartupSettings(client, startupSettings(options, observers));
  const watched = watchClient(client, options, observers);
  const now = clock.monotonic();
  const lifetimeMs = maxLifetimeMs * (1 - LIFETIME_SPREAD * random());
  const connection: Connection = {
    ...watched,
    client,
    wire: watched.session.wire,
    openedAt: now,
    expiresAt: maxLifetimeMs === 0 ? Infinity : now + lifetimeMs,
    broken: false,
    condemned: false,
    idleSince: now,
  };
  const breakDown = (error?: Error): void => {
    const wasBroken = connection.broken;
    // First, because losing it wakes whoever waits to lend it on.
    connection.broken = true;
    watched.lose(error);
    if (wasBroken) return;
    onBroken(connection, error ?? new Error('Connection terminated'));
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
  watched.opened();
  return connection;
}

/** Whether nothing of the last borrower is open on the session. */
export function isIdle({ session }: Connection): boolean {
  return session.status === 'I';
}

function startupSettings(
  options: ResolvedDatabaseOptions,
  observers: readonly WireObserver[],
): Readonly<Record<string, string>> {
  return {
    statement_timeout: String(options.statementTimeoutMs),
    lock_timeout: String(options.lockTimeoutMs),
    idle_in_transaction_session_timeout: String(options.idleTransactionTimeoutMs),
    ...(options.role === undefined ? {} : { role: options.role }),
    ...Object.assign({}, ...observers.map(({ startupSettings: own }) => own)),
  };
}

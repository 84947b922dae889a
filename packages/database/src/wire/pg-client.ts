// oxlint-disable no-underscore-dangle -- the names are those of `pg`
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Client } from 'pg';
import type { WireStatus } from '../wire-observer.ts';
import type { FindTypeParser } from './row-decoder.ts';

/** What we touch of a `pg.Client` below its public face (pg 8.23); nothing else in the package does. */
interface ClientInterior {
  readonly connection: {
    stream: Duplex;
    attachListeners(stream: EventEmitter): void;
  };
  readonly processID: number | null;
  readonly _connected: boolean;
  readonly readyForQuery: boolean;
  readonly _activeQuery: unknown;
  readonly _queryQueue: readonly unknown[];
  readonly _sentQueryQueue?: readonly unknown[];
  _txStatus: WireStatus | null;
  getTypeParser(typeId: number, format: 'text'): (text: string) => unknown;
}

/** The inside of a client, in the words of this package. */
export interface ClientInternals {
  processId(): number | undefined;
  isConnected(): boolean;
  setStatus(status: WireStatus): void;
  write(bytes: Uint8Array): void;
  destroy(): void;
  readonly findTypeParser: FindTypeParser;
  /** Must be called before the client connects. `passOn` gives the client its data through a relay. */
  interceptData(intercept: (stream: EventEmitter, passOn: (relay: EventEmitter) => void) => void): void;
}

export function openClientInternals(client: Client): ClientInternals {
  const interior = client as unknown as ClientInterior;
  const { connection } = interior;
  return {
    processId: () => interior.processID ?? undefined,
    isConnected: () => interior._connected,
    setStatus(status) {
      interior._txStatus = status;
    },
    write: (bytes) => void connection.stream.write(bytes),
    destroy: () => void connection.stream.destroy(),
    findTypeParser: (typeId) => interior.getTypeParser(typeId, 'text'),
    interceptData(intercept) {
      const attach = connection.attachListeners.bind(connection);
      connection.attachListeners = (stream) => intercept(stream, attach);
    },
  };
}

/** Whether a client can be intercepted: a `pg.Client`, not the native one and nothing that somebody put in its place. */
export function hasInternals(client: unknown): client is Client {
  return (
    typeof client === 'object' &&
    client !== null &&
    'connection' in client &&
    typeof client.connection === 'object' &&
    client.connection !== null &&
    'attachListeners' in client.connection &&
    '_queryQueue' in client
  );
}

/** Whether the client itself has no query under way or waiting. */
export function isClientQuiet(client: Client): boolean {
  const { readyForQuery, _activeQuery, _queryQueue, _sentQueryQueue = [] } = client as unknown as ClientInterior;
  // A query that failed is no longer active, yet the server still has to say that it is ready for the next one.
  const isOver = readyForQuery && (_activeQuery ?? undefined) === undefined;
  return isOver && _queryQueue.length === 0 && _sentQueryQueue.length === 0;
}

/** Closes a client's socket without a word: `end` would wait for a peer that may be gone. */
export function severClient(client: Client): void {
  (client as unknown as ClientInterior).connection.stream.destroy();
}

/** Whether an open connection of `client` is a reason for the process to stay. `pg` has this without types. */
export function keepAlive(client: Client, isReason: boolean): void {
  const methods = client as Client & { ref(): void; unref(): void };
  if (isReason) methods.ref();
  else methods.unref();
}

/** Settings with which the session of `client` will start, beside those of its configuration. Call it before it connects. */
export function addStartupSettings(client: Client, settings: Readonly<Record<string, string>>): void {
  const { connectionParameters } = client as unknown as { connectionParameters: { options?: string | undefined } };
  const own = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  connectionParameters.options = [connectionParameters.options ?? '', ...own].join(' ').trim();
}

import { createClient, ErrorReply, RESP_TYPES } from 'redis';

/** A command: its name and arguments. */
export type Command = readonly (string | Buffer)[];

/** How to reach a server. */
export interface ConnectionOptions {
  readonly url: string;
  readonly protocol: 2 | 3;
  readonly connectTimeoutMs: number;
  /** Called once when the connection ends, whoever ended it. */
  readonly onEnd: (reason: string) => void;
  /** Keys that the server says have changed; `undefined`: all of them. Needs `protocol` 3. */
  readonly onChanged?: (keys: readonly string[] | undefined) => void;
}

/** One server that a connection leads to. */
export interface ConnectedNode {
  readonly url: string;
  send<Reply>(command: Command): Promise<Reply>;
}

/** One connection that is never repaired: when it ends, a new one is made. */
export interface Connection {
  /** The servers it leads to: one, or the leaders of a cluster. */
  readonly nodes: readonly ConnectedNode[];
  /** Sends a command; bulk replies are Buffers. */
  send<Reply>(command: Command): Promise<Reply>;
  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void>;
  /** Ends it at once; what waits for a reply is rejected. */
  destroy(): void;
}

/**
 * Why a command has no reply: the server would not carry it out (it is full, or read-only), or nobody knows whether it
 * did, because the connection was lost.
 */
export type Failure = 'refused' | 'lost';

/** Replies of a server that is not, or no longer, the one that was prepared: a demoted or restarting one, or one whose scripts were flushed. */
const NOT_THE_SAME = /^(?:READONLY|NOSCRIPT|LOADING|MASTERDOWN|NOAUTH|MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b/;

/** Whether an error means that the connection must be made anew. */
export function isStrange(error: unknown): boolean {
  return error instanceof ErrorReply && NOT_THE_SAME.test(error.message);
}

/** Tells the failures of a command apart. */
export function toFailure(error: unknown): Failure {
  return error instanceof ErrorReply && !isStrange(error) ? 'refused' : 'lost';
}

const BUFFERS = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };

/** Opens a connection and shakes hands. Rejects when that fails. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { url, protocol, connectTimeoutMs, onEnd, onChanged } = options;
  const client = createClient({
    url,
    RESP: protocol,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    emitInvalidate: onChanged !== undefined && protocol === 3,
    // Deadlines are ours (deadlines.ts): the client's own would cost an AbortSignal per command.
    commandOptions: { timeout: 0 },
    socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: false, keepAliveInitialDelay: 5_000 },
  });
  let isEnded = false;
  const end = (reason: string): void => {
    if (isEnded) return;
    isEnded = true;
    onEnd(reason);
  };
  client.on('error', (error: unknown) => end(error instanceof Error ? error.message : String(error)));
  client.on('end', () => end('the connection was closed'));
  if (onChanged !== undefined) {
    // The client types this event's argument as unknown; it is a key, or null for all keys.
    client.on('invalidate', (key: Buffer | string | null) => onChanged(key === null ? undefined : [key.toString()]));
  }
  await client.connect();
  const send = <Reply>(command: Command): Promise<Reply> => client.sendCommand<Reply>(command, BUFFERS);
  return {
    nodes: [{ url, send }],
    send,
    async subscribe(channel, listener) {
      await client.subscribe(channel, listener, true);
    },
    destroy() {
      if (client.isOpen) client.destroy();
      end('the connection was given up');
    },
  };
}

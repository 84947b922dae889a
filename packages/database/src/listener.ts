import { Client } from 'pg';
import type { ResolvedDatabaseOptions } from './options.ts';
import { severClient } from './wire/pg-client.ts';

/** Who hears of a channel. */
export interface ListenHandlers {
  onPayload(payload: string): void;
  /** Notifications may have been missed: the connection was lost and is back. Called before the first new payload. */
  onGap?(): void;
}

/** One connection that hears notifications; it connects again by itself. */
export interface Listener {
  listen(channel: string, handlers: ((payload: string) => void) | ListenHandlers): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;
const SIGN_OF_LIFE_MS = 15_000;

/** Connects when the first channel is wanted. */
export function createListener(options: ResolvedDatabaseOptions): Listener {
  const { clock, random } = options;
  const channels = new Map<string, Set<ListenHandlers>>();
  let client: Client | undefined;
  let connecting: Promise<void> | undefined;
  let failureCount = 0;
  let hadConnection = false;
  let closed = false;

  const retry = (): void => {
    connecting = undefined;
    if (closed || channels.size === 0) return;
    const upperMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failureCount, 10));
    failureCount += 1;
    clock.schedule(upperMs * (0.5 + random() / 2), () => void ensure().catch(() => undefined));
  };

  const connect = async (): Promise<void> => {
    const next = new Client({
      connectionString: options.connectionString,
      application_name: `${options.applicationName} listen`,
      connectionTimeoutMillis: options.connectTimeoutMs,
      keepAlive: true,
      ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    });
    let isLost = false;
    const lose = (): void => {
      isLost = true;
      if (client !== next) return;
      client = undefined;
      severClient(next);
      retry();
    };
    next.on('error', lose);
    next.on('end', lose);
    next.on('notification', ({ channel, payload }) => {
      for (const { onPayload } of channels.get(channel) ?? []) onPayload(payload ?? '');
    });
    try {
      await next.connect();
      for (const channel of channels.keys()) await next.query(`listen ${next.escapeIdentifier(channel)}`);
      if (isLost || closed) throw new Error('The connection ended while it was set up.');
    } catch (error) {
      await next.end().catch(() => undefined);
      throw error;
    }
    client = next;
    failureCount = 0;
    if (hadConnection) for (const handlers of channels.values()) for (const { onGap } of handlers) onGap?.();
    hadConnection = true;
  };

  const ensure = async (): Promise<void> => {
    if (closed) return;
    connecting ??= connect();
    try {
      await connecting;
    } catch (error) {
      if (connecting !== undefined) retry();
      throw error;
    }
  };

  // A half-open connection hears nothing and says nothing: it is asked, and dropped when it does not answer.
  const checking = clock.repeat(SIGN_OF_LIFE_MS, () => {
    const asked = client;
    if (asked === undefined) return;
    const deadline = clock.schedule(options.connectTimeoutMs, () => asked.emit('error', new Error('no sign of life')));
    asked.query('select 1').then(
      () => deadline.cancel(),
      () => deadline.cancel(),
    );
  });

  return {
    async listen(channel, handlers) {
      const handler: ListenHandlers = typeof handlers === 'function' ? { onPayload: handlers } : handlers;
      const existing = channels.get(channel);
      if (existing !== undefined) {
        existing.add(handler);
        await ensure();
      } else {
        channels.set(channel, new Set([handler]));
        const connected = client;
        await ensure();
        if (connected !== undefined) await connected.query(`listen ${connected.escapeIdentifier(channel)}`);
      }
      return async () => {
        const remaining = channels.get(channel);
        remaining?.delete(handler);
        if (remaining === undefined || remaining.size > 0) return;
        channels.delete(channel);
        await client?.query(`unlisten ${client.escapeIdentifier(channel)}`).catch(() => undefined);
      };
    },
    async close() {
      closed = true;
      checking.cancel();
      channels.clear();
      await connecting?.catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}

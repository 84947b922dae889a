import { Client } from 'pg';
import type { ResolvedDatabaseOptions } from './options.ts';

type Handler = (payload: string) => void;

/** One connection that hears notifications; it connects again by itself. */
export interface Listener {
  listen(channel: string, handler: Handler): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const RETRY_MS = 250;

/** Connects when the first channel is wanted. */
export function createListener(options: ResolvedDatabaseOptions): Listener {
  const handlers = new Map<string, Set<Handler>>();
  let client: Client | undefined;
  let connecting: Promise<void> | undefined;
  let closed = false;

  const connect = async (): Promise<void> => {
    const next = new Client({
      connectionString: options.connectionString,
      application_name: `${options.applicationName} listen`,
      connectionTimeoutMillis: options.connectTimeoutMs,
      keepAlive: true,
    });
    const lose = (): void => {
      if (client !== next) return;
      client = undefined;
      connecting = undefined;
      if (!closed && handlers.size > 0) options.clock.schedule(RETRY_MS, () => void ensure().catch(() => undefined));
    };
    next.on('error', lose);
    next.on('end', lose);
    next.on('notification', ({ channel, payload }) => {
      for (const handler of handlers.get(channel) ?? []) handler(payload ?? '');
    });
    await next.connect();
    client = next;
    for (const channel of handlers.keys()) await next.query(`listen ${next.escapeIdentifier(channel)}`);
  };

  const ensure = async (): Promise<void> => {
    if (closed) return;
    connecting ??= connect();
    try {
      await connecting;
    } catch (error) {
      connecting = undefined;
      if (!closed && handlers.size > 0) options.clock.schedule(RETRY_MS, () => void ensure().catch(() => undefined));
      throw error;
    }
  };

  return {
    async listen(channel, handler) {
      const existing = handlers.get(channel);
      if (existing !== undefined) {
        existing.add(handler);
      } else {
        handlers.set(channel, new Set([handler]));
        const wasConnected = client !== undefined;
        await ensure();
        if (wasConnected) await client?.query(`listen ${client.escapeIdentifier(channel)}`);
      }
      return async () => {
        const remaining = handlers.get(channel);
        remaining?.delete(handler);
        if (remaining === undefined || remaining.size > 0) return;
        handlers.delete(channel);
        await client?.query(`unlisten ${client.escapeIdentifier(channel)}`).catch(() => undefined);
      };
    },
    async close() {
      closed = true;
      handlers.clear();
      await client?.end().catch(() => undefined);
    },
  };
}

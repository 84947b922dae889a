import { randomUUID } from 'node:crypto';
import type { Timer } from '@dataguardian/telemetry';
import type { ResolvedCacheOptions } from '../options.ts';
import type { Command, Connection } from './connection.ts';
import { openTarget } from './open-target.ts';
import type { RedisTarget } from './redis-target.ts';

/** What the bus works with. */
export interface BusListener {
  /** Keys that another process changed. */
  onKeys(keys: readonly string[]): void;
  /** A message was lost: anything may have changed. */
  onGap(): void;
  send(command: Command): void;
}

/** One message: who, the sender's count of messages, and the keys it changed; a heartbeat has none. */
type Message = readonly [sender: string, sequence: number, keys: readonly string[]];

/** A sender says how far it is that often, so that a lost last message is noticed too. */
const HEARTBEAT_MS = 1_000;
const MAX_KEYS_PER_MESSAGE = 1_000;

/**
 * Announces changes by messages, for servers that cannot push them (RESP2, no broadcasting). Each sender counts its
 * messages; a receiver that misses a number doubts everything, so that a lost message cannot leave an old value behind.
 */
export class MessageBus {
  private readonly options: ResolvedCacheOptions & { readonly target: RedisTarget };
  private readonly listener: BusListener;
  private readonly channel: string;
  private readonly sender = randomUUID();
  private readonly seen = new Map<string, number>();
  private sequence = 0;
  private outgoing: string[] | undefined;
  private connection: Connection | undefined;
  private heartbeat: Timer | undefined;

  constructor(options: ResolvedCacheOptions & { readonly target: RedisTarget }, listener: BusListener) {
    this.options = options;
    this.listener = listener;
    this.channel = `${options.prefix}:bus`;
  }

  /** Listens on a connection of its own. Rejects when that cannot be had. */
  async start(): Promise<void> {
    const former = this.connection;
    this.connection = undefined;
    former?.destroy();
    const { target, connectTimeoutMs, clock } = this.options;
    const connection = await openTarget(target, {
      protocol: 2,
      connectTimeoutMs,
      onEnd: () => {
        if (this.connection === connection) this.reconnect();
      },
    });
    this.connection = connection;
    await connection.subscribe(this.channel, (message) => this.receive(message));
    this.seen.clear();
    this.heartbeat ??= clock.repeat(HEARTBEAT_MS, () => this.publish([]));
  }

  /** Tells others; announcements of one turn of the event loop travel together. */
  announce(keys: readonly string[]): void {
    if (keys.length === 0) return;
    if (this.outgoing === undefined) {
      const batch: string[] = [];
      this.outgoing = batch;
      queueMicrotask(() => {
        this.outgoing = undefined;
        for (let start = 0; start < batch.length; start += MAX_KEYS_PER_MESSAGE)
          this.publish(batch.slice(start, start + MAX_KEYS_PER_MESSAGE));
      });
    }
    this.outgoing.push(...keys);
  }

  close(): void {
    this.heartbeat?.cancel();
    const { connection } = this;
    this.connection = undefined;
    connection?.destroy();
  }

  private publish(keys: readonly string[]): void {
    if (keys.length > 0) this.sequence += 1;
    const message: Message = [this.sender, this.sequence, keys];
    this.listener.send(['PUBLISH', this.channel, JSON.stringify(message)]);
  }

  private receive(bytes: Buffer): void {
    const message = parseMessage(bytes);
    if (message === undefined) {
      this.listener.onGap();
      return;
    }
    const [sender, sequence, keys] = message;
    if (sender === this.sender) return;
    const isHeartbeat = keys.length === 0;
    const expected = (this.seen.get(sender) ?? sequence - (isHeartbeat ? 0 : 1)) + (isHeartbeat ? 0 : 1);
    this.seen.set(sender, sequence);
    if (sequence !== expected) this.listener.onGap();
    if (!isHeartbeat) this.listener.onKeys(keys);
  }

  /** What was said meanwhile is lost: doubt everything, also before the next attempt. */
  private reconnect(): void {
    this.connection = undefined;
    this.listener.onGap();
    this.options.clock.schedule(HEARTBEAT_MS / 20, () => {
      if (this.connection !== undefined || this.heartbeat === undefined) return;
      this.start().then(
        () => this.listener.onGap(),
        () => this.reconnect(),
      );
    });
  }
}

function parseMessage(bytes: Buffer): Message | undefined {
  try {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    if (!Array.isArray(message)) return undefined;
    const [sender, sequence, keys] = message as unknown[];
    if (typeof sender !== 'string' || typeof sequence !== 'number' || !Array.isArray(keys)) return undefined;
    return [sender, sequence, keys.filter((key) => typeof key === 'string')];
  } catch {
    return undefined;
  }
}

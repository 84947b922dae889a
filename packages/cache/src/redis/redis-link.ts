import { type CircuitBreaker, createCircuitBreaker, toBackoffMs } from '@dataguardian/resilience';
import type { ResolvedCacheOptions } from '../options.ts';
import { type Command, type ConnectedNode, type Connection, type Failure, isStrange, toFailure } from './connection.ts';
import { AWAY, Countdown, Deadlines } from './deadlines.ts';
import { openTarget } from './open-target.ts';
import type { RedisTarget } from './redis-target.ts';

/** Sends a command on a connection that is being prepared. */
export type Send = <Reply>(command: Command) => Promise<Reply>;

/** What hears of the link's life. */
export interface LinkListener {
  /** Prepares a fresh connection: until both have resolved nobody else may use it. */
  onConnected(send: Send): Promise<void>;
  /** Tells what it has to be told; whatever a former connection left behind cannot run after it. */
  onPrepared(send: Send): Promise<void>;
  /** Everybody may use the connection from the next turn on: what is sent here comes before it. */
  onUp(send: Send): void;
  onDown(reason: string): void;
  /** Keys that another connection changed; `undefined` when it may be every one. */
  onChanged(keys: readonly string[] | undefined): void;
}

/** Timeouts in a row after which the connection is given up. */
const TIMEOUT_THRESHOLD = 3;
const RECONNECT_BASE_MS = 10;
/** While an outage is young the next attempt comes soon, so that a short cut is soon mended. */
const RECONNECT_YOUNG_MAX_MS = 20;
const YOUNG_ATTEMPTS = 200;
const RECONNECT_MAX_MS = 100;
/**
 * An attempt into a network that swallows packets hears nothing of its return: it is given up after some times what
 * the last one that succeeded took, and after twice as long once so many were given up.
 */
const PATIENCE_FACTOR = 10;
const MIN_ATTEMPT_MS = 100;
const ATTEMPTS_PER_DOUBLING = 10;
/** A first connection holds early calls back for at most that long. */
const FIRST_WAIT_MS = 250;

/**
 * The way to Redis: up, or away. A connection that is lost, hangs or is slower than the deadline is given up and a new
 * one is made, with back-off; whoever asks meanwhile is told at once. Callers never wait longer than the deadline.
 */
export class RedisLink {
  readonly counts = { timeouts: 0, errors: 0 };
  private readonly options: ResolvedCacheOptions & { readonly target: RedisTarget };
  private readonly listener: LinkListener;
  private readonly deadlines: Deadlines;
  private readonly breaker: CircuitBreaker;
  private readonly reconnect: Countdown;
  private readonly firstAttempt: Promise<void>;
  private connection: Connection | undefined;
  private attempt = 0;
  private connectedInMs = Number.POSITIVE_INFINITY;
  /** Attempts of this outage that heard nothing. */
  private silentAttempts = 0;
  private isFirst = true;
  private isClosed = false;
  private isDownKnown = false;
  private reason = 'it was not reached yet';
  /** What we were called at each server we were connected to. */
  private readonly introductions = new Map<string, { readonly id: number; readonly name: string }>();
  private protocol: 2 | 3;

  constructor(options: ResolvedCacheOptions & { readonly target: RedisTarget }, listener: LinkListener) {
    this.options = options;
    this.listener = listener;
    this.protocol = options.coherence === 'bus' ? 2 : 3;
    this.reconnect = new Countdown(options.clock);
    this.breaker = createCircuitBreaker({
      clock: options.clock,
      failureThreshold: TIMEOUT_THRESHOLD,
      openMs: 0,
      onChange: (state) => {
        if (state === 'open') this.giveUp(`it did not answer within ${options.commandTimeoutMs} ms`);
      },
    });
    this.deadlines = new Deadlines(options.clock, options.commandTimeoutMs, {
      onReply: () => this.breaker.succeed(),
      onTimeout: () => {
        this.counts.timeouts += 1;
        this.breaker.fail();
      },
    });
    this.firstAttempt = this.connect().finally(() => {
      this.isFirst = false;
    });
  }

  get isUp(): boolean {
    return this.connection !== undefined;
  }

  /** Whether the server pushes changes to us. */
  get hasTracking(): boolean {
    return this.protocol === 3;
  }

  get downReason(): string {
    return this.reason;
  }

  /** Resolves when the first attempt to connect has ended, one way or the other. */
  whenSettled(): Promise<void> {
    return this.firstAttempt;
  }

  /**
   * Sends a command. {@link AWAY} when there is no connection, the reply is late, or the command failed;
   * a command whose reply is late still runs, before any that is sent later.
   *
   * @param onFailure Called when there will be no reply: the server refused, or the connection was lost on the way, so
   * that the command may or may not have run.
   */
  ask<Reply>(command: Command, onFailure?: (why: Failure) => void): Promise<Reply | typeof AWAY> {
    const { connection } = this;
    if (connection === undefined) {
      if (this.isFirst) return this.askLater(command, onFailure);
      onFailure?.('lost');
      return Promise.resolve(AWAY);
    }
    return this.deadlines.bound(connection.send<Reply>(command), (error) => {
      this.counts.errors += 1;
      if (isStrange(error) && this.connection === connection) this.giveUp(String(error));
      onFailure?.(toFailure(error));
    });
  }

  /** Ends the link for good. */
  close(): void {
    this.isClosed = true;
    this.reconnect.stop();
    const { connection } = this;
    this.connection = undefined;
    connection?.destroy();
  }

  private async askLater<Reply>(command: Command, onFailure?: (why: Failure) => void): Promise<Reply | typeof AWAY> {
    await Promise.race([this.firstAttempt, this.options.clock.sleep(FIRST_WAIT_MS)]);
    this.isFirst = false;
    return this.ask(command, onFailure);
  }

  private async connect(): Promise<void> {
    if (this.isClosed) return;
    this.attempt += 1;
    const { clock, target } = this.options;
    const connectTimeoutMs = this.toAttemptMs();
    const startedAt = clock.monotonic();
    let opened: Connection | undefined;
    const state = { isGivenUp: false };
    try {
      const opening = openTarget(target, {
        protocol: this.protocol,
        connectTimeoutMs,
        onEnd: (reason) => {
          if (opened !== undefined && this.connection === opened) this.giveUp(reason);
        },
        ...(this.protocol === 3 ? { onChanged: (keys) => this.listener.onChanged(keys) } : {}),
      }).then((connection) => {
        if (state.isGivenUp) connection.destroy();
        opened = connection;
        return connection;
      });
      const connection = await within(clock, connectTimeoutMs, opening);
      await within(clock, connectTimeoutMs, this.prepare(connection));
      if (this.isClosed) {
        connection.destroy();
        return;
      }
      this.connection = connection;
      this.connectedInMs = clock.monotonic() - startedAt;
      this.attempt = 0;
      this.silentAttempts = 0;
      this.breaker.allow();
      this.breaker.succeed();
      this.isDownKnown = false;
      this.listener.onUp(connection.send.bind(connection));
    } catch (error) {
      state.isGivenUp = true;
      opened?.destroy();
      if (clock.monotonic() - startedAt >= connectTimeoutMs) this.silentAttempts += 1;
      this.reason = error instanceof Error ? error.message : String(error);
      if (this.protocol === 3 && isProtocolRefused(this.reason) && this.options.coherence === 'auto') this.protocol = 2;
      this.scheduleReconnect();
      this.tellDown();
    }
  }

  /** How long this attempt may take. */
  private toAttemptMs(): number {
    const usualMs = Math.max(MIN_ATTEMPT_MS, this.connectedInMs * PATIENCE_FACTOR);
    return Math.min(
      this.options.connectTimeoutMs,
      usualMs * 2 ** Math.floor(this.silentAttempts / ATTEMPTS_PER_DOUBLING),
    );
  }

  /** In two round trips: the second one ends what the former connection left behind, before anything is told. */
  private async prepare(connection: Connection): Promise<void> {
    const send: Send = connection.send.bind(connection);
    const name = `dataguardian-${this.options.random().toString(36).slice(2)}`;
    const introducing = Promise.all(connection.nodes.map((node) => this.introduce(node, name)));
    const [formers] = await Promise.all([introducing, this.listener.onConnected(send)]);
    const ending = formers.map((end) => end());
    const telling = this.listener.onPrepared(send);
    const startedAt = this.options.clock.monotonic();
    const pinging = send(['PING']).then(() => this.options.clock.monotonic() - startedAt);
    const [answeredMs] = await Promise.all([pinging, telling, ...ending]);
    if (answeredMs > this.options.commandTimeoutMs)
      throw new Error(`it answers in ${Math.round(answeredMs)} ms, slower than the deadline`);
  }

  /**
   * Takes a name at a server. The returned function ends the connection we had to it before, so that commands which
   * still lie in its buffers cannot run after what the new connection sends: a frozen server would otherwise carry out
   * an old write after a newer one.
   */
  private async introduce(node: ConnectedNode, name: string): Promise<() => Promise<void>> {
    const former = this.introductions.get(node.url);
    const [list, id] = await Promise.all([
      former === undefined
        ? ''
        : node.send<Buffer | string>(['CLIENT', 'LIST', 'ID', String(former.id)]).catch(() => ''),
      node.send<number>(['CLIENT', 'ID']),
      node.send(['CLIENT', 'SETNAME', name]),
    ]);
    this.introductions.set(node.url, { id, name });
    const isThere = former !== undefined && list.toString().includes(`name=${former.name} `);
    return async () => {
      // Some hosted servers forbid CLIENT KILL; the window is then as wide as the server's read buffer.
      if (isThere) await node.send(['CLIENT', 'KILL', 'ID', String(former.id)]).catch(() => undefined);
    };
  }

  private giveUp(reason: string): void {
    const { connection } = this;
    if (connection === undefined) return;
    this.connection = undefined;
    this.reason = reason;
    connection.destroy();
    this.tellDown();
    this.scheduleReconnect();
  }

  /** Once per outage, however many attempts fail. */
  private tellDown(): void {
    if (this.isDownKnown || this.isClosed) return;
    this.isDownKnown = true;
    this.listener.onDown(this.reason);
  }

  private scheduleReconnect(): void {
    if (this.isClosed) return;
    const { random } = this.options;
    const maxMs = this.attempt <= YOUNG_ATTEMPTS ? RECONNECT_YOUNG_MAX_MS : RECONNECT_MAX_MS;
    const upper = toBackoffMs(Math.max(1, this.attempt), { baseMs: RECONNECT_BASE_MS, maxMs });
    // Half fixed, half random: quick, but not in step with other processes.
    this.reconnect.start(upper * (0.5 + random() / 2), () => void this.connect());
  }
}

function isProtocolRefused(reason: string): boolean {
  return /unknown command|NOPROTO|unsupported|HELLO/i.test(reason);
}

async function within<Result>(
  clock: ResolvedCacheOptions['clock'],
  limitMs: number,
  work: Promise<Result>,
): Promise<Result> {
  let timer: ReturnType<typeof clock.schedule> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = clock.schedule(limitMs, () => reject(new Error(`it did not answer within ${limitMs} ms`)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer?.cancel();
    work.catch(ignore);
  }
}

function ignore(): void {
  // The outcome is handled elsewhere.
}

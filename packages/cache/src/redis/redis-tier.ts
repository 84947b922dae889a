import { RecordCipher } from '../codec/encryption.ts';
import { RecordCodec } from '../codec/record-codec.ts';
import type { ResolvedCacheOptions } from '../options.ts';
import type { TagTable } from '../tag-table.ts';
import { ChangeWaiters } from './change-waiters.ts';
import { CoherenceState } from './coherence-state.ts';
import type { Failure } from './connection.ts';
import { AWAY } from './deadlines.ts';
import { MessageBus } from './message-bus.ts';
import { PendingInvalidations } from './pending-invalidations.ts';
import { ReadBatcher } from './read-batcher.ts';
import { RedisLink, type Send } from './redis-link.ts';
import type { RedisTarget } from './redis-target.ts';
import { RedisSpace } from './redis-space.ts';
import { bumpTagScript, learnTagScript, loadScripts, runScript, sendScript } from './scripts.ts';

/** What hears of the tier. */
export interface TierListener {
  /** A key of a namespace changed in another process. */
  onKeyChanged(namespace: string, key: string): void;
  onStatus(status: 'up' | 'degraded', detail: string): void;
}

const MAX_PENDING = 50_000;
/** Keys removed by one command when invalidations are replayed. */
const REPLAY_CHUNK = 500;
/** A tag that nobody invalidates or asks for is forgotten after that long; its values then count as missing. */
const TAG_RETENTION_MS = 7 * 24 * 3_600_000;

/** Everything that the namespaces of one cache share of Redis: the link, what may be believed, tags, announcements. */
export class RedisTier {
  readonly coherence: CoherenceState;
  readonly link: RedisLink;
  private readonly options: ResolvedCacheOptions & { readonly target: RedisTarget };
  private readonly tags: TagTable;
  private readonly listener: TierListener;
  private readonly reads: ReadBatcher;
  private readonly codec = new RecordCodec();
  private readonly cipher: RecordCipher | undefined;
  private readonly pending = new PendingInvalidations(MAX_PENDING);
  private readonly waiters: ChangeWaiters;
  private readonly bus: MessageBus;
  private readonly spaces = new Map<string, RedisSpace>();
  private readonly retentionMs = String(TAG_RETENTION_MS);

  constructor(
    options: ResolvedCacheOptions & { readonly target: RedisTarget },
    tags: TagTable,
    listener: TierListener,
  ) {
    this.options = options;
    this.tags = tags;
    this.listener = listener;
    this.cipher = options.encryption === undefined ? undefined : new RecordCipher(options.encryption);
    this.waiters = new ChangeWaiters(options.clock);
    this.coherence = new CoherenceState(options, tags, (name) => this.learnTag(name));
    this.bus = new MessageBus(options, {
      onKeys: (keys) => this.noteChanges(keys),
      onGap: () => this.coherence.doubtEverything(),
      send: (command) => void this.link.ask(command),
    });
    this.link = new RedisLink(options, {
      onConnected: (send) => this.prepare(send),
      onPrepared: (send) => this.replay(send),
      onUp: (send) => {
        // What was invalidated while the rest was told; when it fails, the connection is lost, and the next one tells it.
        if (this.pending.count > 0) this.replay(send).catch(() => undefined);
        this.coherence.renew();
        listener.onStatus('up', 'Redis answers.');
      },
      onDown: (reason) => this.noteDown(reason),
      onChanged: (keys) => this.noteChanges(keys),
    });
    this.reads = new ReadBatcher(this.link);
  }

  /** Whether values of such a namespace may leave the process. */
  canHold(isPrivate: boolean): boolean {
    return !isPrivate || this.cipher !== undefined;
  }

  /** Makes the names under which a private namespace is known outside. */
  toHider(namespace: string): (key: string) => string {
    return (key) => this.cipher?.hideName(namespace, key) ?? key;
  }

  openSpace(name: string, isPrivate: boolean): RedisSpace {
    const { options, link, reads, codec, pending, waiters } = this;
    const announce = (keys: readonly string[]): void => this.announce(keys);
    const parts = { options, link, reads, codec, pending, waiters, announce };
    const space = new RedisSpace(parts, name, isPrivate ? this.cipher : undefined);
    this.spaces.set(name, space);
    return space;
  }

  /** Gives each tag a new version; when Redis is away, it is told later and this process knows at once. */
  async invalidateTags(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.bumpTag(name)));
  }

  /** Invalidations that Redis has not been told of yet. */
  get pendingCount(): number {
    return this.pending.count;
  }

  async close(): Promise<void> {
    this.bus.close();
    this.coherence.close();
    this.link.close();
    this.waiters.wakeAll();
  }

  private async bumpTag(name: string): Promise<void> {
    const tag = this.tags.get(name);
    this.coherence.doubtTag(tag);
    const { changeCount } = tag;
    const call = { script: bumpTagScript, key: this.toTagKey(name), args: [this.retentionMs] };
    const onFailure = (why: Failure): void => {
      if (why === 'lost') this.pending.addTag(name);
      // A full server takes no new version, but it forgets the old one, and a forgotten tag never gets it again.
      else void this.link.ask<number>(['UNLINK', this.toTagKey(name)], () => this.pending.addTag(name));
    };
    const reply = await runScript<Buffer | string>(this.link, call, onFailure);
    if (reply !== AWAY) {
      if (tag.changeCount === changeCount) tag.version = Number(reply.toString());
      this.announce([this.toTagKey(name)]);
    } else if (!this.link.isUp) {
      tag.version = this.coherence.nextLocalVersion();
    }
  }

  private async learnTag(name: string): Promise<number | typeof AWAY> {
    const call = { script: learnTagScript, key: this.toTagKey(name), args: [this.retentionMs] };
    const reply = await runScript<Buffer | string>(this.link, call);
    return reply === AWAY ? AWAY : Number(reply.toString());
  }

  /** Runs on a new connection before anybody else may use it: nothing is believed until all of it is done. */
  private async prepare(send: Send): Promise<void> {
    const listening = this.link.hasTracking ? this.startTracking(send) : this.bus.start();
    await Promise.all([loadScripts(send), listening]);
  }

  private async startTracking(send: Send): Promise<void> {
    const { prefix } = this.options;
    const prefixes = ['PREFIX', `${prefix}:v:`, 'PREFIX', `${prefix}:t:`];
    await Promise.all([
      // The client has switched tracking on in its default mode, which cannot be turned into broadcasting directly.
      send(['CLIENT', 'TRACKING', 'OFF']),
      send(['CLIENT', 'TRACKING', 'ON', 'BCAST', ...prefixes, 'NOLOOP']),
    ]);
  }

  /** Sends all of it in this turn. */
  private async replay(send: Send): Promise<void> {
    const taken = this.pending.take();
    const suspects = taken.isComplete ? [] : [...this.spaces.keys()].map((name) => `#${name}`);
    const chunks = Array.from({ length: Math.ceil(taken.keys.length / REPLAY_CHUNK) }, (_, index) =>
      taken.keys.slice(index * REPLAY_CHUNK, (index + 1) * REPLAY_CHUNK),
    );
    try {
      await Promise.all([
        ...chunks.map((keys) => send(['UNLINK', ...keys])),
        ...[...taken.tags, ...suspects].map((name) =>
          sendScript(send, { script: bumpTagScript, key: this.toTagKey(name), args: [this.retentionMs] }),
        ),
      ]);
      this.announce([...taken.keys, ...[...taken.tags, ...suspects].map((name) => this.toTagKey(name))]);
    } catch (error) {
      this.pending.restore(taken);
      throw error;
    }
  }

  private noteDown(reason: string): void {
    this.coherence.lose();
    this.waiters.wakeAll();
    this.listener.onStatus('degraded', `Redis is away, memory serves alone: ${reason}`);
  }

  private noteChanges(keys: readonly string[] | undefined): void {
    if (keys === undefined) {
      this.coherence.doubtEverything();
      this.waiters.wakeAll();
      return;
    }
    for (const key of keys) this.noteChange(key);
  }

  private noteChange(redisKey: string): void {
    const kindEnd = this.options.prefix.length + 3;
    const kind = redisKey.slice(kindEnd - 2, kindEnd);
    if (kind === 't:') {
      const tag = this.tags.peek(redisKey.slice(kindEnd));
      if (tag !== undefined) this.coherence.doubtTag(tag);
      return;
    }
    const name = redisKey.slice(kindEnd, redisKey.indexOf(':', kindEnd));
    const key = this.spaces.get(name)?.toKey(redisKey);
    if (key !== undefined) this.listener.onKeyChanged(name, key);
    this.waiters.wake(redisKey);
  }

  private announce(keys: readonly string[]): void {
    // The server does not tell us of our own changes, and the bus neither.
    for (const key of keys) this.waiters.wake(key);
    if (!this.link.hasTracking) this.bus.announce(keys);
  }

  private toTagKey(name: string): string {
    return `${this.options.prefix}:t:${name}`;
  }
}

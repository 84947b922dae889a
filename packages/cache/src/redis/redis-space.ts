import type { RecordCodec } from '../codec/record-codec.ts';
import { type PresentState, toTimes, toVersion } from '../codec/record-front.ts';
import type { RecordCipher } from '../codec/encryption.ts';
import type {
  Acquisition,
  Commit,
  CurrentCheck,
  Fence,
  MaybeRead,
  NewRecord,
  RemoteBatch,
  RemoteRead,
  RemoteRecord,
  RemoteSpace,
} from '../remote.ts';
import type { ChangeWaiters } from './change-waiters.ts';
import type { Failure } from './connection.ts';
import { AWAY } from './deadlines.ts';
import type { PendingInvalidations } from './pending-invalidations.ts';
import type { ReadBatcher } from './read-batcher.ts';
import type { RedisLink } from './redis-link.ts';
import {
  acquireScript,
  commitScript,
  expireScript,
  incrementScript,
  releaseScript,
  renewScript,
  runScript,
} from './scripts.ts';
import type { ResolvedCacheOptions } from '../options.ts';

/** What the namespaces of a cache share of Redis. */
export interface RedisParts {
  readonly options: ResolvedCacheOptions;
  readonly link: RedisLink;
  readonly reads: ReadBatcher;
  readonly codec: RecordCodec;
  readonly pending: PendingInvalidations;
  readonly waiters: ChangeWaiters;
  /** Tells others of a change when the server does not. */
  announce(keys: readonly string[]): void;
}

/** How often a lease is renewed within its time. */
const RENEWALS_PER_LEASE = 3;
const FENCE_ENCODING = 'latin1';

/** One namespace in Redis; see {@link RemoteSpace}. */
export class RedisSpace implements RemoteSpace {
  readonly traffic = { readBytes: 0, writtenBytes: 0 };
  private readonly parts: RedisParts;
  private readonly name: string;
  private readonly cipher: RecordCipher | undefined;
  private readonly prefix: string;

  constructor(parts: RedisParts, name: string, cipher: RecordCipher | undefined) {
    this.parts = parts;
    this.name = name;
    this.cipher = cipher;
    this.prefix = `${parts.options.prefix}:v:${name}:`;
  }

  /** The key that an announced Redis key stands for. */
  toKey(redisKey: string): string {
    return redisKey.slice(this.prefix.length);
  }

  read(key: string, known?: string): Promise<RemoteRead> {
    const redisKey = this.toRedisKey(key);
    return this.parts.reads.read(redisKey).then((bytes) => this.interpret(bytes, redisKey, known));
  }

  async readMany(
    keys: readonly string[],
    known: (key: string) => string | undefined,
    check?: CurrentCheck,
  ): Promise<RemoteBatch> {
    const replies = await this.parts.reads.readMany(keys, this.prefix);
    // A private record always needs its name to be read.
    const present =
      check === undefined || this.cipher !== undefined
        ? undefined
        : { now: check.now(), ownVersion: check.own.version };
    const values: unknown[] = [];
    const others: { readonly index: number; readonly read: MaybeRead }[] = [];
    for (let index = 0; index < keys.length; index++) {
      const reply = replies[index] ?? null;
      const value =
        present === undefined || reply === null || reply === AWAY ? undefined : this.readPlain(reply, present);
      values.push(value);
      if (value !== undefined) continue;
      const key = keys[index] as string;
      others.push({ index, read: this.interpret(reply, this.toRedisKey(key), known(key)) });
    }
    return { values, others };
  }

  async acquire(key: string, former: RemoteRecord | undefined): Promise<Acquisition> {
    const { link, codec, options } = this.parts;
    const redisKey = this.toRedisKey(key);
    if (former !== undefined) return this.acquireRefresh(redisKey, former);
    const lease = codec.createLease();
    const args = [lease, String(options.leaseMs)];
    const call = { script: acquireScript, key: redisKey, args };
    const failure = new FailureNote();
    const reply = await runScript<[number, (number | Buffer)?]>(link, call, failure.note);
    if (reply === AWAY) return { kind: failure.kind };
    const [state, detail] = reply;
    if (state === 1) {
      this.parts.announce([redisKey]);
      return { kind: 'granted', fence: { expected: lease, kind: 'lease' } };
    }
    if (state === 0) return { kind: 'held', forMs: Math.max(1, Number(detail)) };
    const read = await this.interpret(Buffer.from(detail as Buffer), redisKey);
    return read.kind === 'value' ? read : { kind: 'away' };
  }

  async commit(key: string, fence: Fence, record: NewRecord): Promise<Commit> {
    const { link, codec } = this.parts;
    const redisKey = this.toRedisKey(key);
    const bytes = await codec.encode(record, { admitted: record.admitted, cipher: this.cipher, name: redisKey });
    this.traffic.writtenBytes += bytes.length;
    const args = [fence.expected, bytes, toPhysicalTtl(record, this.parts.options.clock.now())];
    const failure = new FailureNote();
    const reply = await runScript<number>(link, { script: commitScript, key: redisKey, args }, failure.note);
    if (fence.kind === 'refresh') this.unlock(redisKey);
    if (failure.kind === 'refused') this.drop(redisKey);
    if (reply === AWAY) return { kind: failure.kind };
    if (reply !== 1) return { kind: 'superseded' };
    this.parts.announce([redisKey]);
    return { kind: 'stored', version: toVersion(bytes) };
  }

  release(key: string, fence: Fence): void {
    const redisKey = this.toRedisKey(key);
    if (fence.kind === 'refresh') {
      this.unlock(redisKey);
      return;
    }
    const call = { script: releaseScript, key: redisKey, args: [fence.expected] };
    void runScript<number>(this.parts.link, call).then(() => this.parts.announce([redisKey]));
  }

  keep(key: string, fence: Fence): () => void {
    const { options, link } = this.parts;
    const redisKey = this.toRedisKey(key);
    const everyMs = options.leaseMs / RENEWALS_PER_LEASE;
    const timer = options.clock.repeat(everyMs, () => {
      const leaseMs = String(options.leaseMs);
      if (fence.kind === 'lease')
        void runScript<number>(link, { script: renewScript, key: redisKey, args: [fence.expected, leaseMs] });
      else void link.ask<number>(['PEXPIRE', this.toLockKey(redisKey), leaseMs]);
    });
    return () => timer.cancel();
  }

  write(key: string, record: NewRecord, onSend: () => void): Promise<Commit> {
    const redisKey = this.toRedisKey(key);
    const options = { admitted: record.admitted, cipher: this.cipher, name: redisKey };
    const encoded = this.parts.codec.encode(record, options);
    const send = (bytes: Buffer): Promise<Commit> => {
      onSend();
      return this.sendRecord(redisKey, bytes, record);
    };
    return encoded instanceof Promise ? encoded.then(send) : send(encoded);
  }

  async remove(keys: readonly string[]): Promise<void> {
    const { link, pending } = this.parts;
    const redisKeys = keys.map((key) => this.toRedisKey(key));
    await Promise.all(
      redisKeys.map((redisKey) => link.ask<number>(['UNLINK', redisKey], () => pending.addKey(redisKey))),
    );
    this.parts.announce(redisKeys);
  }

  async expire(key: string, ttlMs: number, graceMs: number): Promise<boolean | undefined> {
    const { link, options, pending } = this.parts;
    const freshUntil = options.clock.now() + ttlMs;
    const times = toTimes({ freshUntil, staleUntil: freshUntil + graceMs });
    const redisKey = this.toRedisKey(key);
    const args = [times, String(Math.ceil(ttlMs + graceMs))];
    const reply = await runScript<number>(link, { script: expireScript, key: redisKey, args }, (why) => {
      // It must not be believed for as long as it was before.
      if (why === 'lost') pending.addKey(redisKey);
      else this.drop(redisKey);
    });
    this.parts.announce([redisKey]);
    return reply === AWAY ? undefined : reply === 1;
  }

  async increment(key: string, by: number, ttlMs: number): Promise<number | undefined> {
    const counterKey = `${this.parts.options.prefix}:n:${this.name}:${key}`;
    const args = [String(by), String(Math.ceil(ttlMs))];
    const reply = await runScript<number>(this.parts.link, { script: incrementScript, key: counterKey, args });
    return reply === AWAY ? undefined : reply;
  }

  whenChanged(key: string, timeoutMs: number): Promise<void> {
    return this.parts.waiters.wait(this.toRedisKey(key), timeoutMs);
  }

  private sendRecord(redisKey: string, bytes: Buffer, record: NewRecord): Promise<Commit> {
    const { link, pending, options } = this.parts;
    this.traffic.writtenBytes += bytes.length;
    const command = ['SET', redisKey, bytes, 'PX', toPhysicalTtl(record, options.clock.now())];
    const failure = new FailureNote();
    return link
      .ask<Buffer | string>(command, (why) => {
        failure.note(why);
        if (why === 'lost') pending.addKey(redisKey);
        else this.drop(redisKey);
      })
      .then((reply) => {
        if (reply === AWAY) return { kind: failure.kind };
        this.parts.announce([redisKey]);
        return { kind: 'stored', version: toVersion(bytes) };
      });
  }

  /** A stale value stays readable while it is refreshed, so the right to refresh is a lock beside it. */
  private async acquireRefresh(redisKey: string, former: RemoteRecord): Promise<Acquisition> {
    const { link, options } = this.parts;
    const command = ['SET', this.toLockKey(redisKey), '1', 'NX', 'PX', String(options.leaseMs)];
    const failure = new FailureNote();
    const reply = await link.ask<Buffer | string | null>(command, failure.note);
    if (reply === AWAY) return { kind: failure.kind };
    if (reply === null) return { kind: 'held', forMs: options.leaseMs };
    return { kind: 'granted', fence: { expected: Buffer.from(former.version, FENCE_ENCODING), kind: 'refresh' } };
  }

  /** What the server still has is out of date, and it would not take what is new. */
  private drop(redisKey: string): void {
    const { link, pending } = this.parts;
    void link.ask<number>(['UNLINK', redisKey], () => pending.addKey(redisKey));
    this.parts.announce([redisKey]);
  }

  private unlock(redisKey: string): void {
    void this.parts.link.ask<number>(['UNLINK', this.toLockKey(redisKey)]);
  }

  /** The value of a record that may be served as it is, which is the usual one; `undefined`: it needs a closer look. */
  private readPlain(bytes: Buffer, present: PresentState): unknown {
    const { codec } = this.parts;
    if (!codec.isPlain(bytes, present)) return undefined;
    try {
      const value = codec.readPlain(bytes);
      this.traffic.readBytes += bytes.length;
      return value;
    } catch {
      return undefined;
    }
  }

  private interpret(bytes: Buffer | null | typeof AWAY, redisKey: string, known?: string): MaybeRead {
    if (bytes === AWAY) return { kind: 'away' };
    if (bytes === null) return { kind: 'none' };
    this.traffic.readBytes += bytes.length;
    const { codec } = this.parts;
    if (codec.isLease(bytes)) return { kind: 'lease' };
    try {
      const record = codec.readFront(bytes);
      if (known !== undefined && known === record.version) return { kind: 'unchanged', record };
      const value = codec.readValue(bytes, record, { cipher: this.cipher, name: redisKey });
      if (!(value instanceof Promise)) {
        record.value = value;
        return { kind: 'value', record };
      }
      return value.then(
        (decoded: unknown) => {
          record.value = decoded;
          return { kind: 'value', record } as const;
        },
        () => toUnreadable(toVersion(bytes)),
      );
    } catch {
      // Written by another version, or with a key we do not have: as good as absent, and may be replaced.
      return toUnreadable(toVersion(bytes));
    }
  }

  private toRedisKey(key: string): string {
    return this.prefix + key;
  }

  private toLockKey(redisKey: string): string {
    return `${this.parts.options.prefix}:l:${redisKey.slice(this.parts.options.prefix.length + 3)}`;
  }
}

/** Remembers why a command got no reply; one that is late is `away` too. */
class FailureNote {
  kind: 'away' | 'refused' = 'away';
  readonly note = (why: Failure): void => {
    if (why === 'refused') this.kind = 'refused';
  };
}

function toPhysicalTtl(record: NewRecord, now: number): string {
  return String(Math.max(1, Math.ceil(record.staleUntil - now)));
}

/** A record that counts as expired long ago, so that its only use is to be replaced. */
function toUnreadable(version: string): RemoteRead {
  const record = {
    value: undefined,
    freshUntil: 0,
    staleUntil: 0,
    loadMs: 0,
    tags: [],
    ownVersion: Number.NaN,
    version,
  };
  return { kind: 'value', record };
}

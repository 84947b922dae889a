import type { ResolvedCacheOptions } from '../options.ts';
import type { Coherence } from '../remote.ts';
import { type TagState, type TagTable, UNKNOWN_VERSION } from '../tag-table.ts';
import { AWAY, Countdown } from './deadlines.ts';

const MAX_LEARN_ROUNDS = 3;

/**
 * What this process may believe of its memory. While changes are announced to it, everything of the current epoch;
 * after the channel broke, what it had for one lease; after it is back, nothing before it is confirmed.
 */
export class CoherenceState implements Coherence {
  epoch = 0;
  trustMs: number;
  readonly untoldMs: number;
  private readonly options: ResolvedCacheOptions;
  private readonly tags: TagTable;
  private readonly lease: Countdown;
  private readonly learn: (name: string) => Promise<number | typeof AWAY>;
  private readonly learning = new Map<TagState, Promise<void>>();
  private localVersion = 0;

  /** @param learn Asks Redis for the version of a tag. */
  constructor(options: ResolvedCacheOptions, tags: TagTable, learn: (name: string) => Promise<number | typeof AWAY>) {
    this.options = options;
    this.tags = tags;
    this.learn = learn;
    this.lease = new Countdown(options.clock);
    this.trustMs = options.offlineLeaseMs;
    this.untoldMs = options.offlineLeaseMs;
  }

  learnTags(tags: readonly TagState[]): Promise<void> | undefined {
    let unknown: TagState[] | undefined;
    for (const tag of tags) if (Number.isNaN(tag.version)) (unknown ??= []).push(tag);
    if (unknown === undefined) return undefined;
    return Promise.all(unknown.map((tag) => this.learnTag(tag))).then(() => undefined);
  }

  /** A version that no other process uses, for while Redis is away. */
  nextLocalVersion(): number {
    this.localVersion -= 1;
    return this.localVersion;
  }

  /** The channel is back, or may have dropped something: all must be confirmed. */
  renew(): void {
    this.lease.stop();
    this.trustMs = Number.POSITIVE_INFINITY;
    this.doubtEverything();
  }

  /** The channel broke. */
  lose(): void {
    this.trustMs = this.options.offlineLeaseMs;
    this.lease.start(this.options.offlineLeaseMs, () => {
      this.epoch += 1;
    });
  }

  /** Something may have changed unnoticed. */
  doubtEverything(): void {
    this.epoch += 1;
    for (const tag of this.tags.values()) this.doubtTag(tag);
  }

  /** A tag changed somewhere. */
  doubtTag(tag: TagState): void {
    tag.version = UNKNOWN_VERSION;
    tag.changeCount += 1;
  }

  close(): void {
    this.lease.stop();
  }

  private learnTag(tag: TagState): Promise<void> {
    const running = this.learning.get(tag);
    if (running !== undefined) return running;
    const started = this.askFor(tag).finally(() => this.learning.delete(tag));
    this.learning.set(tag, started);
    return started;
  }

  private async askFor(tag: TagState): Promise<void> {
    for (let round = 0; round < MAX_LEARN_ROUNDS; round++) {
      const { changeCount } = tag;
      const version = await this.learn(tag.name);
      // A change that was announced while we asked makes the answer worthless.
      if (tag.changeCount !== changeCount) continue;
      tag.version = version === AWAY ? this.nextLocalVersion() : version;
      return;
    }
  }
}

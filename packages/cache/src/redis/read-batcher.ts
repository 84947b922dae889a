import { AWAY } from './deadlines.ts';
import type { RedisLink } from './redis-link.ts';

const MAX_KEYS = 512;

interface Batch {
  isSent: boolean;
  readonly keys: string[];
  readonly resolvers: ((bytes: Buffer | null | typeof AWAY) => void)[];
}

/** Merges the reads of one turn of the event loop into one MGET, each key once. */
export class ReadBatcher {
  private readonly link: RedisLink;
  private batch: Batch | undefined;

  constructor(link: RedisLink) {
    this.link = link;
  }

  read(key: string): Promise<Buffer | null | typeof AWAY> {
    return new Promise((resolve) => {
      if (this.batch === undefined) {
        const batch: Batch = { isSent: false, keys: [], resolvers: [] };
        this.batch = batch;
        // After the promises that are due now: their callers' reads belong to the same batch.
        process.nextTick(() => this.flush(batch));
      }
      this.batch.keys.push(key);
      this.batch.resolvers.push(resolve);
      if (this.batch.keys.length >= MAX_KEYS) this.flush(this.batch);
    });
  }

  /** Reads keys that come together, without waiting for others; `prefix` stands in front of each. */
  async readMany(keys: readonly string[], prefix: string): Promise<readonly (Buffer | null | typeof AWAY)[]> {
    if (keys.length <= MAX_KEYS) return this.readChunk(keys, prefix);
    const replies: (Buffer | null | typeof AWAY)[] = [];
    for (let start = 0; start < keys.length; start += MAX_KEYS)
      replies.push(...(await this.readChunk(keys.slice(start, start + MAX_KEYS), prefix)));
    return replies;
  }

  private async readChunk(keys: readonly string[], prefix: string): Promise<readonly (Buffer | null | typeof AWAY)[]> {
    const command = ['MGET'];
    for (const key of keys) command.push(prefix + key);
    const reply = await this.link.ask<(Buffer | null)[]>(command);
    return reply === AWAY ? keys.map((): typeof AWAY => AWAY) : reply;
  }

  private flush(batch: Batch): void {
    if (batch.isSent) return;
    batch.isSent = true;
    if (this.batch === batch) this.batch = undefined;
    const { keys, resolvers } = batch;
    const command = keys.length === 1 ? ['GET', keys[0] as string] : ['MGET', ...keys];
    const isAlone = keys.length === 1;
    this.link.ask<(Buffer | null)[] | Buffer | null>(command).then(
      (reply) => {
        for (const [index, resolve] of resolvers.entries()) {
          if (reply === AWAY) resolve(AWAY);
          else if (isAlone) resolve(reply as Buffer | null);
          else resolve((reply as (Buffer | null)[])[index] ?? null);
        }
      },
      () => {
        for (const resolve of resolvers) resolve(AWAY);
      },
    );
  }
}

import { type Command, type Connection, type ConnectionOptions, openConnection } from './connection.ts';
import { SLOT_COUNT, toSlot } from './key-slot.ts';
import { type ClusterOptions, withAddress } from './redis-target.ts';

/** One range of slots and the address of its leader, as CLUSTER SLOTS tells it. */
interface SlotRange {
  readonly first: number;
  readonly last: number;
  readonly url: string;
}

/** Where the keys of a command stand: from this place on, and whether there are as many as one likes. */
const KEYS: Readonly<Record<string, { readonly from: number; readonly isMany: boolean }>> = {
  GET: { from: 1, isMany: false },
  SET: { from: 1, isMany: false },
  EXISTS: { from: 1, isMany: false },
  PEXPIRE: { from: 1, isMany: false },
  MGET: { from: 1, isMany: true },
  UNLINK: { from: 1, isMany: true },
  EVALSHA: { from: 3, isMany: false },
};

/**
 * Opens a connection to each leader of a cluster and sends every command to the leader of its key. It ends as a whole
 * when one of them ends or a key has moved, and the next one looks at the cluster anew: what is told and what is
 * believed then has one beginning, as with a single server.
 */
export async function openClusterConnection(
  target: ClusterOptions,
  options: Omit<ConnectionOptions, 'url'>,
): Promise<Connection> {
  const ranges = await discover(target, options);
  const urls = [...new Set(ranges.map(({ url }) => url))];
  const leaders: Connection[] = [];
  let isEnded = false;
  const end = (reason: string): void => {
    if (isEnded) return;
    isEnded = true;
    for (const leader of leaders) leader.destroy();
    options.onEnd(reason);
  };
  const opening = urls.map(async (url) => {
    const leader = await openConnection({ ...options, url, onEnd: end });
    leaders.push(leader);
    return leader;
  });
  try {
    const opened = new Map(
      await Promise.all(opening.map(async (leader, index) => [urls[index], await leader] as const)),
    );
    const bySlot: Connection[] = [];
    // Every range's address is among those that were opened.
    for (const { first, last, url } of ranges)
      for (let slot = first; slot <= last; slot++) bySlot[slot] = opened.get(url) as Connection;
    return new ClusterConnection(leaders, bySlot, () => end('the connection was given up'));
  } catch (error) {
    isEnded = true;
    void Promise.allSettled(opening).then(() => leaders.forEach((leader) => leader.destroy()));
    throw error;
  }
}

class ClusterConnection implements Connection {
  readonly nodes: Connection['nodes'];
  private readonly leaders: readonly Connection[];
  private readonly bySlot: readonly Connection[];
  private readonly end: () => void;

  constructor(leaders: readonly Connection[], bySlot: readonly Connection[], end: () => void) {
    this.leaders = leaders;
    this.bySlot = bySlot;
    this.end = end;
    this.nodes = leaders.flatMap(({ nodes }) => nodes);
  }

  send<Reply>(command: Command): Promise<Reply> {
    const keys = KEYS[String(command[0])];
    // Scripts, tracking and whatever else belongs to no key concerns all of them.
    if (keys === undefined) return this.sendToAll<Reply>(command);
    if (keys.isMany && command.length > keys.from + 1) return this.sendBySlot(command) as Promise<Reply>;
    return this.leaderOf(String(command[keys.from])).send<Reply>(command);
  }

  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void> {
    // A message is passed on to every node of a cluster.
    return (this.leaders[0] as Connection).subscribe(channel, listener);
  }

  destroy(): void {
    this.end();
  }

  private leaderOf(key: string): Connection {
    return this.bySlot[toSlot(key)] as Connection;
  }

  private async sendToAll<Reply>(command: Command): Promise<Reply> {
    const isForOne = command[0] === 'PUBLISH';
    const replies = await Promise.all(
      (isForOne ? this.leaders.slice(0, 1) : this.leaders).map((leader) => leader.send<Reply>(command)),
    );
    return replies[0] as Reply;
  }

  /** Keys of one slot travel in one command; all commands leave together. */
  private async sendBySlot(command: Command): Promise<unknown> {
    const [name = '', ...keys] = command.map(String);
    const places = new Map<number, number[]>();
    for (const [place, key] of keys.entries()) {
      const slot = toSlot(key);
      const known = places.get(slot);
      if (known === undefined) places.set(slot, [place]);
      else known.push(place);
    }
    const replies: unknown[] = [];
    let count = 0;
    await Promise.all(
      [...places].map(async ([slot, its]) => {
        const reply = await (this.bySlot[slot] as Connection).send<unknown>([
          name,
          ...its.map((place) => keys[place] as string),
        ]);
        if (Array.isArray(reply)) for (const [index, place] of its.entries()) replies[place] = reply[index];
        else count += Number(reply);
      }),
    );
    return name === 'MGET' ? replies : count;
  }
}

/** Asks the nodes that are known, one after the other, how the slots are spread. */
async function discover(target: ClusterOptions, options: Omit<ConnectionOptions, 'url'>): Promise<SlotRange[]> {
  let failure: unknown;
  for (const url of target.nodes) {
    try {
      const { protocol, connectTimeoutMs } = options;
      const node = await openConnection({ url, protocol, connectTimeoutMs, onEnd: () => undefined });
      try {
        return toRanges(await node.send<unknown>(['CLUSTER', 'SLOTS']), url);
      } finally {
        node.destroy();
      }
    } catch (error) {
      failure = error;
    }
  }
  throw failure instanceof Error ? failure : new Error('no node of the cluster was named');
}

function toRanges(reply: unknown, askedUrl: string): SlotRange[] {
  const ranges: SlotRange[] = [];
  let covered = 0;
  for (const entry of Array.isArray(reply) ? (reply as unknown[]) : []) {
    const [first, last, leader] = entry as [unknown, unknown, unknown];
    const [host, port] = leader as [Buffer | string | null, unknown];
    const name = host === null ? '' : host.toString();
    // A node that does not know its own address leaves it out: then it is the one that was asked.
    const isKnown = name !== '' && name !== '?';
    const url = withAddress(askedUrl, isKnown ? name : new URL(askedUrl).hostname, Number(port));
    ranges.push({ first: Number(first), last: Number(last), url });
    covered += Number(last) - Number(first) + 1;
  }
  if (covered !== SLOT_COUNT) throw new Error(`the cluster serves ${covered} of ${SLOT_COUNT} slots`);
  return ranges;
}

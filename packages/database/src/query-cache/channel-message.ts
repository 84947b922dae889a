import { formatAnnouncement, MOST_KEYS, parseAnnouncement, type Announcement } from './announcement.ts';

/** What processes tell each other; sender 0 is the database itself, for sessions of no member. */
export type ChannelMessage = { readonly sender: number } & (
  | { readonly kind: 'announcement'; readonly announcement: Announcement }
  /**
   * `relays`: whether everything that was acknowledged to the sender is announced; `heard`: the latest beat that it had
   * heard when it sent this one.
   */
  | { readonly kind: 'beat'; readonly number: number; readonly relays: boolean; readonly heard?: HeardBeat }
  | { readonly kind: 'join' }
  /** Anything may have been written that is not announced. */
  | { readonly kind: 'flush' }
);

/** Some member's beat. */
export interface HeardBeat {
  readonly member: number;
  readonly number: number;
}

/** NOTIFY takes payloads of less than 8000 bytes. */
const MOST_BYTES = 7_900;
/** Characters of keys in one message, so that it keeps them whatever bytes they take. */
const MOST_JOINED_LENGTH = 1_200;

/** Reads a payload; anything unknown counts as a flush, as a later version may say more than this one understands. */
export function parseMessage(payload: string): ChannelMessage {
  const space = payload.indexOf(' ');
  const sender = Number(payload.slice(0, space));
  const body = payload.slice(space + 1);
  if (body === 'join') return { sender, kind: 'join' };
  const beat = /^beat (\d+) ([01])(?: (\d+) (\d+))?$/.exec(body);
  if (beat !== null) {
    const [, number, relays, member, heardNumber] = beat;
    const heard = member === undefined ? {} : { heard: { member: Number(member), number: Number(heardNumber) } };
    return { sender, kind: 'beat', number: Number(number), relays: relays === '1', ...heard };
  }
  const announcement = parseAnnouncement(body);
  return announcement === undefined ? { sender, kind: 'flush' } : { sender, kind: 'announcement', announcement };
}

/**
 * Writes of one table by transactions without a number say the same in one message. Each announcement then stands where
 * the first of its kind stood: earlier never is wrong.
 */
export function joinAnnouncements(messages: readonly ChannelMessage[]): readonly ChannelMessage[] {
  const joined: ChannelMessage[] = [];
  const told = new Set<number>();
  const open = new Map<string, string[]>();
  for (const message of messages) {
    const write = message.kind === 'announcement' ? message.announcement : undefined;
    const isPlain = write?.kind === 'write' && write.transaction === undefined;
    const [list, ...others] = isPlain && write.keys !== undefined ? Object.entries(write.keys) : [];
    if (isPlain && write.keys === undefined) {
      if (!told.has(write.table)) joined.push(message);
      told.add(write.table);
    } else if (!isPlain || list === undefined || others.length > 0) joined.push(message);
    else {
      const [column, keys] = list;
      const name = `${write.table} ${column}`;
      const room = open.get(name);
      if (room !== undefined && fits([...room, ...keys])) room.push(...keys);
      else {
        const own = [...keys];
        open.set(name, own);
        joined.push({ ...message, kind: 'announcement', announcement: { ...write, keys: { [column]: own } } });
      }
    }
  }
  return joined;
}

function fits(keys: readonly string[]): boolean {
  return keys.length <= MOST_KEYS && keys.reduce((total, { length }) => total + length, 0) <= MOST_JOINED_LENGTH;
}

/** Writes a payload. */
export function formatMessage(message: ChannelMessage): string {
  switch (message.kind) {
    case 'announcement':
      return `${message.sender} ${formatAnnouncement(message.announcement, MOST_BYTES)}`;
    case 'beat':
      return `${message.sender} beat ${message.number} ${message.relays ? 1 : 0}${formatHeard(message.heard)}`;
    default:
      return `${message.sender} ${message.kind}`;
  }
}

function formatHeard(heard: HeardBeat | undefined): string {
  return heard === undefined ? '' : ` ${heard.member} ${heard.number}`;
}

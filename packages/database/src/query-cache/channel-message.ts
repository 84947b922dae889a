import { formatAnnouncement, parseAnnouncement, type Announcement } from './announcement.ts';

/** What processes tell each other; sender 0 is the database itself, for sessions of no member. */
export type ChannelMessage = { readonly sender: number } & (
  | { readonly kind: 'announcement'; readonly announcement: Announcement }
  /** `relays`: whether everything the sender wrote before is announced. */
  | { readonly kind: 'beat'; readonly number: number; readonly relays: boolean }
  | { readonly kind: 'join' }
  /** Anything may have been written that is not announced. */
  | { readonly kind: 'flush' }
);

/** NOTIFY takes payloads of less than 8000 bytes. */
const MOST_BYTES = 7_900;

/** Reads a payload; anything unknown counts as a flush, as a later version may say more than this one understands. */
export function parseMessage(payload: string): ChannelMessage {
  const space = payload.indexOf(' ');
  const sender = Number(payload.slice(0, space));
  const body = payload.slice(space + 1);
  if (body === 'join') return { sender, kind: 'join' };
  const beat = /^beat (\d+) ([01])$/.exec(body);
  if (beat !== null) return { sender, kind: 'beat', number: Number(beat[1]), relays: beat[2] === '1' };
  const announcement = parseAnnouncement(body);
  return announcement === undefined ? { sender, kind: 'flush' } : { sender, kind: 'announcement', announcement };
}

/** Writes a payload. */
export function formatMessage(message: ChannelMessage): string {
  switch (message.kind) {
    case 'announcement':
      return `${message.sender} ${formatAnnouncement(message.announcement, MOST_BYTES)}`;
    case 'beat':
      return `${message.sender} beat ${message.number} ${message.relays ? 1 : 0}`;
    default:
      return `${message.sender} ${message.kind}`;
  }
}

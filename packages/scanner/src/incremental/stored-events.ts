import type { Finding } from '../finding.ts';
import type { FindingEvent, ScanEvent, SkippedEvent } from '../scan-event.ts';

/** What an item's scan said, without the item's name, so that it holds for equal content under another name. */
type StoredEvent =
  | { readonly below: string; readonly finding: Finding }
  | { readonly below: string; readonly skipped: Omit<SkippedEvent, 'kind' | 'item'> };

/** More events than these are not worth keeping. */
const MOST_EVENTS = 20_000;

/** The events of `item` as text, or undefined when they are too many. */
export function packEvents(item: string, events: readonly ScanEvent[]): string | undefined {
  if (events.length > MOST_EVENTS) return undefined;
  const stored: StoredEvent[] = [];
  for (const event of events) {
    if (event.kind === 'finding') {
      const { finding } = event;
      stored.push({ below: finding.location.item.slice(item.length), finding });
    } else if (event.kind === 'skipped') {
      const { code, reason } = event;
      stored.push({ below: event.item.slice(item.length), skipped: { code, reason } });
    }
  }
  return JSON.stringify(stored);
}

/** The events that `packEvents` kept, for an item of that name. */
export function unpackEvents(item: string, packed: string): (FindingEvent | SkippedEvent)[] {
  if (packed === '[]') return [];
  const stored: StoredEvent[] = JSON.parse(packed);
  return stored.map((event) =>
    'finding' in event
      ? {
          kind: 'finding',
          finding: { ...event.finding, location: { ...event.finding.location, item: item + event.below } },
        }
      : { kind: 'skipped', item: item + event.below, ...event.skipped },
  );
}

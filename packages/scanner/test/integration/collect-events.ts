import { scan, type ScanEvent, type SourceSpec } from '@dataguardian/scanner';

/** Everything that a scan says, in its order. */
export async function collectEvents(source: SourceSpec): Promise<readonly ScanEvent[]> {
  const events: ScanEvent[] = [];
  for await (const event of scan(source, { fingerprintKey: Buffer.alloc(32, 1) })) events.push(event);
  return events;
}

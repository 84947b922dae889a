import type { ServerResponse } from 'node:http';
import type { Clock } from '@dataguardian/telemetry';
import { findingsSince } from '../findings/repository.ts';
import type { StoredFinding } from '../findings/finding.ts';
import type { Principal } from '../../server/principal.ts';
import { type Scan, isFinal } from './scan.ts';
import type { ScanService } from './service.ts';

const POLL_MS = 700;
const HEARTBEAT_MS = 15_000;
/** The browser connects again after this and proves anew that it may look. */
const LONGEST_MS = 10 * 60_000;
const FINDINGS_PER_EVENT = 50;

/** What the stream needs. */
export interface ScanStreamRequest {
  readonly service: ScanService;
  readonly clock: Clock;
  readonly principal: Principal;
  readonly scanId: string;
  /** Revision the reader has seen: findings that arrived later are sent. */
  readonly after: number;
  readonly signal: AbortSignal;
}

interface StreamEvent {
  readonly event: 'progress' | 'findings' | 'end';
  readonly id: number;
  readonly data: Scan | { readonly items: readonly StoredFinding[]; readonly isCut: boolean };
}

/** One message of the event stream format. */
export function formatEvent({ event, id, data }: StreamEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function progressKey({ revision, progress, status }: Scan): string {
  return `${revision}/${status}/${progress.doneBytes}/${progress.doneItems}`;
}

/**
 * A scan as server-sent events: `progress` with the whole scan whenever it changed, `findings` with what arrived, `end`
 * once. Reads the database, so that it makes no difference which process scans. An event's id is the revision up to
 * which findings were sent; a reader that comes back with it misses none.
 */
export async function* scanEvents(request: ScanStreamRequest): AsyncGenerator<string> {
  const { service, clock, principal, scanId, signal } = request;
  const begin = clock.monotonic();
  let lastSent = begin;
  let after = request.after;
  let shown = '';
  yield 'retry: 2000\n\n';
  while (!signal.aborted && clock.monotonic() - begin < LONGEST_MS) {
    const scan = await service.read(principal, scanId).catch(() => undefined);
    if (scan !== undefined) {
      for (const message of await newFindings(scan)) {
        yield message;
        lastSent = clock.monotonic();
      }
      if (isFinal(scan.status)) {
        yield formatEvent({ event: 'end', id: after, data: scan });
        return;
      }
      const key = progressKey(scan);
      if (key !== shown) {
        shown = key;
        yield formatEvent({ event: 'progress', id: after, data: scan });
        lastSent = clock.monotonic();
      }
    }
    if (clock.monotonic() - lastSent > HEARTBEAT_MS) {
      yield ': still here\n\n';
      lastSent = clock.monotonic();
    }
    await clock.sleep(POLL_MS, signal).catch(() => undefined);
  }

  async function newFindings(scan: Scan): Promise<string[]> {
    if (scan.revision <= after) return [];
    const rows = await service
      .reading(principal, (sql) => findingsSince(sql, scanId, { after, limit: FINDINGS_PER_EVENT }))
      .catch(() => undefined);
    // The database is away: they are sent when it is back.
    if (rows === undefined) return [];
    after = scan.revision;
    if (rows.length === 0) return [];
    // A cut event shows the first of many; the list holds all of them.
    const isCut = rows.length === FINDINGS_PER_EVENT;
    return [formatEvent({ event: 'findings', id: after, data: { items: rows, isCut } })];
  }
}

/** Sends events until they or the connection end; waits for a reader that is slower than the scan. */
export async function sendEvents(response: ServerResponse, events: AsyncIterable<string>): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  for await (const message of events) {
    if (response.destroyed) return;
    if (!response.write(message))
      await new Promise<void>((resolve) => {
        response.once('drain', resolve);
        response.once('close', resolve);
      });
  }
  response.end();
}

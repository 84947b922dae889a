import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Timer } from '@dataguardian/telemetry';
import type { StreamEvents, StreamHello, Tick } from './api/stream.ts';
import type { Reading } from './history/accumulator.ts';
import { METRIC_NAMES } from './history/catalogue.ts';
import type { LiveExchange } from './live-exchange.ts';

/** What the stream works with. */
export interface StreamParts {
  readonly source: Pick<LiveExchange, 'onReading' | 'recent'>;
  readonly clock: Clock;
  readonly hello: () => StreamHello;
  /** The first watcher has come. */
  readonly onFirst?: () => void;
}

/** Pushes each second to every browser that watches; does nothing while nobody does. */
export interface TickStream {
  readonly watcherCount: number;
  /** Bytes pushed since the start. */
  readonly pushedBytes: number;
  /** Over the last minute. */
  readonly bytesPerWatcherSecond: number;
  /** Times that something was serialised for watchers: none while nobody watches. */
  readonly serialisedCount: number;
  /**
   * Turns the response into a server-sent-event stream until either side closes it.
   * @param isAllowed Asked every five seconds; the stream ends when it says no.
   */
  attach(request: IncomingMessage, response: ServerResponse, isAllowed?: () => Promise<boolean>): void;
  /** Tells every watcher; nothing happens without one. */
  push<Name extends keyof StreamEvents>(event: Name, data: StreamEvents[Name]): void;
  close(): void;
}

/** What a new watcher is told of the past; longer ranges come from `GET /series`. */
const BACKLOG_MS = 60_000;
const STEP_MS = 1_000;
const RECHECK_MS = 5_000;
const RETRY_MS = 2_000;
/** A watcher that has not taken so much is cut off; it comes back and asks for what it missed. */
const MOST_UNSENT_BYTES = 256 * 1_024;
const COST_SECONDS = 60;

interface Watcher {
  readonly response: ServerResponse;
  readonly isAllowed: () => Promise<boolean>;
}

/** Streams what `source` reads. */
export function createTickStream({ source, clock, hello, onFirst }: StreamParts): TickStream {
  const watchers = new Set<Watcher>();
  let stopListening: (() => void) | undefined;
  let rechecking: Timer | undefined;
  let pushedBytes = 0;
  let serialisedCount = 0;
  let costs: { readonly bytes: number; readonly watchers: number }[] = [];
  let bytesAtLastTick = 0;

  const write = (watcher: Watcher, text: string): void => {
    if (watcher.response.writableLength > MOST_UNSENT_BYTES) {
      watcher.response.destroy();
      return;
    }
    pushedBytes += Buffer.byteLength(text);
    watcher.response.write(text);
  };

  const broadcast = (text: string): void => {
    serialisedCount += 1;
    for (const watcher of watchers) write(watcher, text);
  };

  const sendReading = (reading: Reading): void => {
    broadcast(`id: ${Math.round(reading.at)}\n${toEvent('tick', toTick(reading))}`);
    costs = [...costs.slice(1 - COST_SECONDS), { bytes: pushedBytes - bytesAtLastTick, watchers: watchers.size }];
    bytesAtLastTick = pushedBytes;
  };

  const detach = (watcher: Watcher): void => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    stopListening?.();
    stopListening = undefined;
    rechecking?.cancel();
    rechecking = undefined;
    costs = [];
  };

  const recheck = async (watcher: Watcher): Promise<void> => {
    const isAllowed = await watcher.isAllowed().catch(() => true);
    if (!isAllowed) watcher.response.end();
  };

  const sendPast = (watcher: Watcher, lastId: number | undefined): void => {
    const now = clock.now();
    const isResume = lastId !== undefined && lastId <= now;
    const past = source.recent(isResume ? lastId : now - BACKLOG_MS);
    const [first] = past;
    const resumedAt = first === undefined ? now : first.at - first.durationMs;
    if (isResume && resumedAt - lastId > STEP_MS)
      write(watcher, toEvent('gap', { from: lastId, to: Math.round(resumedAt) }));
    serialisedCount += 1;
    const last = past.at(-1);
    const id = last === undefined ? '' : `id: ${Math.round(last.at)}\n`;
    write(watcher, `${id}${toEvent('backlog', past.map(toTick))}`);
  };

  return {
    get watcherCount() {
      return watchers.size;
    },
    get pushedBytes() {
      return pushedBytes;
    },
    get serialisedCount() {
      return serialisedCount;
    },
    get bytesPerWatcherSecond() {
      const seconds = costs.reduce((sum, cost) => sum + cost.watchers, 0);
      return seconds === 0 ? 0 : Math.round(costs.reduce((sum, cost) => sum + cost.bytes, 0) / seconds);
    },
    attach(request, response, isAllowed = () => Promise.resolve(true)) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const watcher = { response, isAllowed };
      write(watcher, `retry: ${RETRY_MS}\n${toEvent('hello', hello())}${toEvent('names', METRIC_NAMES)}`);
      sendPast(watcher, lastEventId(request));
      watchers.add(watcher);
      if (watchers.size === 1) onFirst?.();
      stopListening ??= source.onReading(sendReading);
      rechecking ??= clock.repeat(RECHECK_MS, () => {
        for (const each of watchers) void recheck(each);
      });
      response.on('close', () => detach(watcher));
    },
    push(event, data) {
      if (watchers.size > 0) broadcast(toEvent(event, data));
    },
    close() {
      for (const { response } of watchers) response.end();
      for (const watcher of watchers) detach(watcher);
    },
  };
}

function toEvent<Name extends keyof StreamEvents>(event: Name, data: StreamEvents[Name]): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Four significant figures are what a chart shows; the rest would only cost bytes. */
function toTick({ at, values }: Reading): Tick {
  return {
    at: Math.round(at),
    values: Array.from(values, (value) => (Number.isFinite(value) ? Number(value.toPrecision(4)) : null)),
  };
}

/** The browser sends it as a header when it reconnects, a page that takes over from another tab in the query. */
function lastEventId(request: IncomingMessage): number | undefined {
  const header = request.headers['last-event-id'];
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams.get('lastEventId');
  const text = typeof header === 'string' ? header : query;
  const id = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(id) && id > 0 ? id : undefined;
}

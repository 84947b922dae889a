import type { ServerResponse } from 'node:http';
import { METRICS, type Profiler, type Window } from '@dataguardian/profiler';

/** What one window looks like on the wire: metric values in the order of `names`. */
export interface Tick {
  readonly at: number;
  readonly values: readonly (number | null)[];
}

/** Pushes each finished window to every browser that watches; idle while nobody does. */
export interface TickStream {
  readonly watcherCount: number;
  /** Turns the response into a server-sent-event stream until either side closes it. */
  attach(response: ServerResponse): void;
  close(): void;
}

/** Order of the values in a tick. */
export const TICK_NAMES: readonly string[] = METRICS.map(({ name }) => name);

/** What a new watcher is told of the past, so that charts are full at once. */
const BACKLOG_MS = 300_000;

/** Streams ticks of `profiler`. */
export function createTickStream(profiler: Profiler): TickStream {
  const watchers = new Set<ServerResponse>();
  let stopListening: (() => void) | undefined;
  const send = (window: Window): void => {
    const message = `id: ${window.at}\nevent: tick\ndata: ${JSON.stringify(toTick(window))}\n\n`;
    for (const watcher of watchers) watcher.write(message);
  };
  const detach = (response: ServerResponse): void => {
    watchers.delete(response);
    if (watchers.size > 0) return;
    stopListening?.();
    stopListening = undefined;
  };
  return {
    get watcherCount() {
      return watchers.size;
    },
    attach(response) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const backlog = profiler.snapshot(BACKLOG_MS).windows.map(toTick);
      response.write(`retry: 2000\nevent: names\ndata: ${JSON.stringify(TICK_NAMES)}\n\n`);
      response.write(`event: backlog\ndata: ${JSON.stringify(backlog)}\n\n`);
      watchers.add(response);
      stopListening ??= profiler.onWindow(send);
      response.on('close', () => detach(response));
    },
    close() {
      for (const watcher of watchers) watcher.end();
      watchers.clear();
      stopListening?.();
      stopListening = undefined;
    },
  };
}

/** Three significant figures are what a chart shows; the rest would only cost bytes. */
function toTick(window: Window): Tick {
  return {
    at: window.at,
    values: METRICS.map((metric) => {
      const value = metric.read(window);
      return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
    }),
  };
}

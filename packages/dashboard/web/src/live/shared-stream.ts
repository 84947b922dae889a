// oxlint-disable unicorn/require-post-message-target-origin -- a broadcast channel reaches its own origin only
import type { StreamChanged, StreamHello, Tick } from '../../../src/api/stream.ts';

/** What comes over the stream. */
export type StreamMessage =
  | { readonly kind: 'hello'; readonly hello: StreamHello }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'ticks'; readonly ticks: readonly Tick[] }
  | { readonly kind: 'changed'; readonly changed: StreamChanged }
  | { readonly kind: 'alert' }
  | { readonly kind: 'mark' }
  | { readonly kind: 'status'; readonly isLive: boolean };

const NAME = 'dataguardian-performance-stream';
const KEPT_TICKS = 900;
const REOPEN_MS = 2_000;

/**
 * One connection for all tabs of a browser: the tab that holds the lock has it and tells the others, who take over when
 * it closes. A tab that comes later asks for what it missed.
 */
export function followSharedStream(onMessage: (message: StreamMessage) => void): void {
  const others = new BroadcastChannel(NAME);
  let isLeader = false;
  let isLive = false;
  let hello: StreamHello | undefined;
  let names: readonly string[] = [];
  let ticks: Tick[] = [];

  const hear = (message: StreamMessage): void => {
    if (message.kind === 'hello') ({ hello } = message);
    if (message.kind === 'names') names = message.names;
    if (message.kind === 'ticks') ticks = [...ticks, ...message.ticks].slice(-KEPT_TICKS);
    if (message.kind === 'status') ({ isLive } = message);
    onMessage(message);
  };
  const tell = (message: StreamMessage): void => {
    hear(message);
    others.postMessage(message);
  };

  others.addEventListener('message', ({ data }: MessageEvent<StreamMessage | 'what did I miss?'>) => {
    if (data !== 'what did I miss?') {
      hear(data);
      return;
    }
    if (!isLeader) return;
    if (hello !== undefined) others.postMessage({ kind: 'hello', hello } satisfies StreamMessage);
    others.postMessage({ kind: 'names', names } satisfies StreamMessage);
    others.postMessage({ kind: 'ticks', ticks } satisfies StreamMessage);
    others.postMessage({ kind: 'status', isLive } satisfies StreamMessage);
  });
  others.postMessage('what did I miss?');

  const lead = (): Promise<never> => {
    isLeader = true;
    openStream(tell, () => ticks.at(-1)?.at);
    // Held until the tab closes.
    return new Promise<never>(() => undefined);
  };
  // Without locks (a page that is not on a secure origin) each tab has a stream of its own.
  if ('locks' in navigator) void navigator.locks.request(NAME, lead);
  else void lead();
}

/** @param lastAt time of the latest tick that is here already: those up to it are not sent again */
function openStream(tell: (message: StreamMessage) => void, lastAt: () => number | undefined): void {
  const known = lastAt();
  const source = new EventSource(`/api/performance/stream${known === undefined ? '' : `?lastEventId=${known}`}`);
  const on = (name: string, toMessage: (data: never) => StreamMessage): void =>
    source.addEventListener(name, (event: MessageEvent<string>) => tell(toMessage(JSON.parse(event.data) as never)));
  source.addEventListener('open', () => tell({ kind: 'status', isLive: true }));
  source.addEventListener('error', () => {
    tell({ kind: 'status', isLive: false });
    // The browser tries again by itself after a lost connection, but not after an answer such as 503.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => openStream(tell, lastAt), REOPEN_MS);
  });
  on('hello', (hello: StreamHello) => ({ kind: 'hello', hello }));
  on('names', (names: readonly string[]) => ({ kind: 'names', names }));
  on('backlog', (ticks: readonly Tick[]) => ({ kind: 'ticks', ticks }));
  on('tick', (tick: Tick) => ({ kind: 'ticks', ticks: [tick] }));
  on('changed', (changed: StreamChanged) => ({ kind: 'changed', changed }));
  on('alert', () => ({ kind: 'alert' }));
  on('mark', () => ({ kind: 'mark' }));
}

import { useEffect, useState } from 'react';

/** One message of a scan's live stream. */
export interface ScanStreamMessage {
  readonly event: string;
  readonly data: unknown;
}

/** How the live stream is doing. */
export type StreamState = 'connecting' | 'live' | 'lost';

/**
 * Follows a scan's server-sent events while the tab is visible: a hidden tab would hold one of the browser's six
 * connections to the server, and seven open scans would stop every page.
 */
export function useScanStream(
  path: string | undefined,
  events: readonly string[],
  onMessage: (message: ScanStreamMessage) => void,
): StreamState {
  const [state, setState] = useState<StreamState>('connecting');

  useEffect(() => {
    if (!path) return undefined;
    let source: EventSource | undefined;

    const open = (): void => {
      source = new EventSource(path);
      source.addEventListener('open', () => setState('live'));
      // The browser connects again by itself, with the id of the last message it had.
      source.addEventListener('error', () => setState('lost'));
      for (const event of events)
        source.addEventListener(event, (message: MessageEvent<string>) =>
          onMessage({ event, data: JSON.parse(message.data) as unknown }),
        );
    };
    const close = (): void => {
      source?.close();
      source = undefined;
    };
    const onVisibility = (): void => {
      if (document.hidden) close();
      else if (!source) open();
    };

    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      close();
    };
  }, [path, events, onMessage]);

  return state;
}

/** A server-sent event. */
export interface ReceivedEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** A browser that watches. */
export interface EventReader {
  readonly events: readonly ReceivedEvent[];
  readonly status: number;
  readonly isOver: boolean;
  leave(): void;
}

/** Opens the stream. */
export async function watch(address: string, headers: Readonly<Record<string, string>>): Promise<EventReader> {
  const leave = new AbortController();
  const response = await fetch(`${address}/api/performance/stream`, { headers, signal: leave.signal });
  const events: ReceivedEvent[] = [];
  let isOver = false;
  const read = async (): Promise<void> => {
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      events.push(...parts.map(toEvent));
    }
  };
  void read()
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
    });
  return {
    events,
    status: response.status,
    get isOver() {
      return isOver;
    },
    leave: () => leave.abort(),
  };
}

function toEvent(text: string): ReceivedEvent {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
  return { event: field('event'), id: field('id'), data: JSON.parse(field('data') || 'null') as unknown };
}

import { channel as diagnosticsChannel } from 'node:diagnostics_channel';

/** A named, typed stream of events inside one process. */
export interface Channel<Event> {
  /** The `node:diagnostics_channel` name, for tools that subscribe without this package. */
  readonly name: string;
  /** Whether anybody listens. Check it before building an event, so that being unobserved costs nothing. */
  readonly hasSubscribers: boolean;
  /** Hands `event` to every subscriber, synchronously. An error in a subscriber never reaches the publisher. */
  publish(event: Event): void;
  /** Calls `listener` for each event from now on; the returned function ends it. */
  subscribe(listener: (event: Event) => void): () => void;
}

/**
 * Opens the channel of that name; opening it twice gives two views of one stream.
 * Built on `node:diagnostics_channel`, which reports a throwing subscriber as an uncaught exception:
 * subscribers are therefore wrapped here, and their errors go to {@link onSubscriberError}.
 */
export function openChannel<Event>(name: string): Channel<Event> {
  const underlying = diagnosticsChannel(name);
  return {
    name,
    get hasSubscribers() {
      return underlying.hasSubscribers;
    },
    publish(event) {
      if (underlying.hasSubscribers) underlying.publish(event);
    },
    subscribe(listener) {
      const guarded = (message: unknown): void => {
        try {
          // The name fixes the event's type: every publisher on it comes from openChannel<Event>(name).
          listener(message as Event);
        } catch (error) {
          reportSubscriberError(name, error);
        }
      };
      underlying.subscribe(guarded);
      return () => {
        underlying.unsubscribe(guarded);
      };
    },
  };
}

type SubscriberErrorListener = (channelName: string, error: unknown) => void;
const errorListeners = new Set<SubscriberErrorListener>();

/** Hears of errors thrown by subscribers; tests use it to fail loudly. Returns the way to stop. */
export function onSubscriberError(listener: SubscriberErrorListener): () => void {
  errorListeners.add(listener);
  return () => void errorListeners.delete(listener);
}

function reportSubscriberError(name: string, error: unknown): void {
  for (const listener of errorListeners) listener(name, error);
}

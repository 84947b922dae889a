import { channel } from 'node:diagnostics_channel';
import type { Clock } from '@dataguardian/telemetry';
import type { CallSites } from '../call-site.ts';
import type { Tracer } from '../tracer.ts';

/** What an instrument works with. */
export interface InstrumentContext {
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly sites: CallSites;
  /** Hears of the instrument's own failures; nothing is thrown into the program. */
  readonly onFailure: (error: unknown) => void;
}

/** Begins to observe; the returned function ends it. */
export type Instrument = (context: InstrumentContext) => () => void;

/** Subscribes to channels of Node or a library, whose messages have no types; failures stay here. */
export function subscribeTo(
  { onFailure }: InstrumentContext,
  listeners: Readonly<Record<string, (message: Readonly<Record<string, unknown>>) => void>>,
): () => void {
  const ends = Object.entries(listeners).map(([name, listener]) => {
    const guarded = (message: unknown): void => {
      try {
        // Every channel listened to here publishes objects; fields are checked where they are read.
        listener(message as Readonly<Record<string, unknown>>);
      } catch (error) {
        onFailure(error);
      }
    };
    const source = channel(name);
    source.subscribe(guarded);
    return () => source.unsubscribe(guarded);
  });
  return () => {
    for (const end of ends) end();
  };
}

import type { OpenTrace } from '../trace.ts';
import { subscribeTo, type Instrument } from './instrument.ts';

/** Tracing channels of the Redis clients that have them. */
const CHANNELS = ['node-redis:command', 'ioredis:command'];

/** Watches commands to Redis where the client publishes them. Names of commands are kept, keys and values never. */
export const instrumentRedisClients: Instrument = (context) => {
  const { clock, tracer, sites } = context;
  const pending = new WeakMap<object, { begunAt: number; trace: OpenTrace | undefined; site: string | undefined }>();
  const ends = CHANNELS.map((name) =>
    subscribeTo(context, {
      [`tracing:${name}:start`]: (message) => {
        const trace = tracer.current();
        if (trace === undefined) return;
        const site = sites.find(`${trace.name}\nredis ${commandOf(message)}`);
        pending.set(message, { begunAt: clock.monotonic(), trace, site });
      },
      [`tracing:${name}:asyncEnd`]: (message) => {
        const begun = pending.get(message);
        if (begun === undefined) return;
        pending.delete(message);
        const { begunAt, trace, site } = begun;
        tracer.record(
          {
            kind: 'redis',
            name: commandOf(message),
            begunAt,
            durationMs: clock.monotonic() - begunAt,
            failed: message.error !== undefined,
            ...(site === undefined ? {} : { site }),
          },
          trace,
        );
      },
    }),
  );
  return () => {
    for (const end of ends) end();
  };
};

function commandOf({ command }: Readonly<Record<string, unknown>>): string {
  return typeof command === 'string' ? command.toUpperCase() : 'COMMAND';
}

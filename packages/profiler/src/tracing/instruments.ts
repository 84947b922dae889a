import { instrumentHttpServer, type HttpServerOptions } from './instruments/http-server.ts';
import type { Instrument, InstrumentContext } from './instruments/instrument.ts';
import { instrumentModules } from './instruments/modules.ts';
import { instrumentNodeModules } from './instruments/node-modules.ts';
import { instrumentOutgoing } from './instruments/outgoing.ts';
import { instrumentPgDriver } from './instruments/pg-driver.ts';
import { instrumentRedisClients } from './instruments/redis-clients.ts';

/** Which instruments are wanted. */
export interface InstrumentOptions extends HttpServerOptions {
  readonly watchNodeModules: boolean;
}

/** Installs every instrument; one that fails is left out. Returns how to take them off again. */
export function installInstruments(
  context: InstrumentContext,
  { watchNodeModules, ...ofRequests }: InstrumentOptions,
): readonly (() => void)[] {
  const instruments: readonly Instrument[] = [
    instrumentHttpServer(ofRequests),
    instrumentModules,
    instrumentOutgoing,
    instrumentRedisClients,
    instrumentPgDriver,
    ...(watchNodeModules ? [instrumentNodeModules] : []),
  ];
  return instruments.flatMap((install) => {
    try {
      return [install(context)];
    } catch (error) {
      context.onFailure(error);
      return [];
    }
  });
}

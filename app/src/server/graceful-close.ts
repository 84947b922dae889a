import type { FastifyInstance } from 'fastify';
import type { AppContext } from './context.ts';

/** Makes closing finish what is in flight, and end what would never finish by itself. */
export function installGracefulClose(app: FastifyInstance, { performance }: AppContext): void {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    void performance.dashboard.close();
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // Otherwise the connection idles until its keep-alive ends, and the server with it.
    if (closing) reply.header('connection', 'close');
    done();
  });
}

/** Closes `app`; what still runs after `longestMs` is cut off. */
export async function drain(
  app: FastifyInstance,
  sleep: (ms: number) => Promise<void>,
  longestMs: number,
): Promise<void> {
  const closed = app.close();
  await Promise.race([closed, sleep(longestMs)]);
  app.server.closeAllConnections();
  await closed;
}

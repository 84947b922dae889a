import type { Clock } from '@dataguardian/telemetry';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

const LONGEST_BODY_MS = 30_000;

/**
 * Ends requests whose small body does not arrive in time, so that slow senders cannot hold connections. Bodies that are
 * streamed by their handler (uploads) take as long as they take.
 */
export function installBodyDeadline(app: FastifyInstance, clock: Clock, longestBodyMs = LONGEST_BODY_MS): void {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const type = request.headers['content-type'] ?? '';
    if (!type.startsWith('multipart/')) {
      const timer = clock.schedule(longestBodyMs, () =>
        request.raw.destroy(
          new Problem(408, {
            code: 'BODY_TOO_SLOW',
            title: 'The body did not arrive in time',
            hint: 'Send the request again over a better connection.',
          }),
        ),
      );
      const stop = (): void => timer.cancel();
      request.raw.once('end', stop).once('close', stop);
    }
    done(null, payload);
  });
}

import type { Clock } from '@dataguardian/telemetry';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem-replies.ts';
import { Problem } from './problem.ts';

const LONGEST_BODY_MS = 30_000;

/**
 * Ends requests whose small body does not arrive in time, so that slow senders cannot hold connections. Bodies that are
 * streamed by their handler (uploads) take as long as they take.
 */
export function installBodyDeadline(app: FastifyInstance, clock: Clock, longestBodyMs: number = LONGEST_BODY_MS): void {
  app.addHook('preParsing', (request, reply, payload, done) => {
    const isStreamed = (request.headers['content-type'] ?? '').startsWith('multipart/');
    if (!isStreamed) {
      const timer = clock.schedule(longestBodyMs, () => {
        reply.raw.once('finish', () => request.raw.destroy());
        sendProblem(reply.header('connection', 'close'), tooSlow());
      });
      const stop = (): void => timer.cancel();
      request.raw.once('end', stop).once('close', stop);
    }
    done(null, payload);
  });
}

function tooSlow(): Problem {
  return new Problem(408, {
    code: 'BODY_TOO_SLOW',
    title: 'The body did not arrive in time',
    hint: 'Send the request again over a better connection.',
  });
}

import type { FastifyInstance } from 'fastify';
import type { AppContext } from './context.ts';

/** Marks what is answered from memory while the database is away (RFC 7234, section 5.5.1). */
export function installStaleMark(app: FastifyInstance, { database }: AppContext): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (reply.statusCode < 300 && request.url.startsWith('/api/') && database.health().status === 'down')
      reply.header('warning', '110 dataguardian "The database is away: this may be out of date"');
    done();
  });
}

// Requests wait for the next event, as they are meant to.
import { EventEmitter, once } from 'node:events';
import { reply, serve } from '../../support/serve.ts';

const news = new EventEmitter();
news.setMaxListeners(50);
const timer = setInterval(() => news.emit('item'), 350);
await serve(
  async (_request, response) => {
    await once(news, 'item');
    reply(response, { item: true });
  },
  { path: '/next', requestCount: 60, concurrency: 6 },
  () => clearInterval(timer),
);

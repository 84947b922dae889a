import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const upstream = await startUpstream(30);

async function profile(): Promise<number> {
  const user = await fetch(`${upstream.url}/user`); // <- here
  const orders = await fetch(`${upstream.url}/orders`);
  const messages = await fetch(`${upstream.url}/messages`);
  await Promise.all([user.text(), orders.text(), messages.text()]);
  return user.status + orders.status + messages.status;
}

await serve(
  async (_request, response) => reply(response, { sum: await profile() }),
  { path: '/profile', requestCount: 12 },
  () => upstream.close(),
);

import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const upstream = await startUpstream(30);

async function profile(): Promise<number> {
  const user = await fetch(`${upstream.url}/user`);
  const { ok } = (await user.json()) as { ok: boolean };
  // The second question needs the first answer, so it has to wait.
  const [orders, messages] = await Promise.all([
    fetch(`${upstream.url}/orders?${ok}`),
    fetch(`${upstream.url}/messages?${ok}`),
  ]);
  await Promise.all([orders.text(), messages.text()]);
  return orders.status + messages.status;
}

await serve(
  async (_request, response) => reply(response, { sum: await profile() }),
  { path: '/profile', requestCount: 12 },
  () => upstream.close(),
);

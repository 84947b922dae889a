import { reply, serve } from '../support/serve.ts';
import { startUpstream } from '../support/upstream.ts';

const upstream = await startUpstream(15);

interface Answer {
  readonly ok: boolean;
}

async function checkout(): Promise<string> {
  const user = (await (await fetch(`${upstream.url}/user`)).json()) as Answer;
  if (!user.ok) return 'unknown';
  const basket = (await (await fetch(`${upstream.url}/basket?${user.ok}`)).json()) as Answer;
  const payment = await fetch(`${upstream.url}/pay?${basket.ok}`);
  return payment.text();
}

await serve(
  async (_request, response) => reply(response, { done: await checkout() }),
  { path: '/checkout', requestCount: 12 },
  () => upstream.close(),
);

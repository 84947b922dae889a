// Three independent answers of another service, one after the other, with `node:http` behind a promise.
import { get } from 'node:http';
import { reply, serve } from '../../support/serve.ts';
import { startUpstream } from '../../support/upstream.ts';

const upstream = await startUpstream(25);

function read(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(`${upstream.url}${path}`, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

async function dashboard(): Promise<Record<string, string>> {
  const weather = await read('/weather'); // <- here
  const traffic = await read('/traffic');
  const news = await read('/news');
  return { weather, traffic, news };
}

await serve(
  async (_request, response) => reply(response, await dashboard()),
  { path: '/dashboard', requestCount: 24 },
  () => upstream.close(),
);

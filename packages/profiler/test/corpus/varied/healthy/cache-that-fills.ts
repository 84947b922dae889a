// A bounded map fills to its bound and stays there.
import { reply, serve } from '../../support/serve.ts';

const BOUND = 150;
const pages = new Map<string, string[]>();
let requestNumber = 0;

function page(key: string): number {
  const known = pages.get(key);
  if (known !== undefined) {
    pages.delete(key);
    pages.set(key, known);
    return known.length;
  }
  const lines = Array.from({ length: 2_000 }, (_, index) => `${key} ${index}`);
  pages.set(key, lines);
  const [oldest] = pages.keys();
  if (pages.size > BOUND && oldest !== undefined) pages.delete(oldest);
  return lines.length;
}

await serve((_request, response) => reply(response, { length: page(`/page/${(requestNumber += 1)}`) }), {
  path: '/page',
  requestCount: 700,
  pauseMs: 4,
});

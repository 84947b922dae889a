import { reply, serve } from '../support/serve.ts';

const seen = new Map<number, number[]>();
let visit = 0;

function remember(): number {
  visit += 1;
  const measurements = Array.from({ length: 80_000 }, (_, index) => index + visit + 0.5);
  seen.set(visit, measurements.slice(0, 16_000)); // <- here
  return seen.size;
}

await serve((_request, response) => reply(response, { size: remember() }), {
  path: '/visit',
  requestCount: 380,
  pauseMs: 6,
  concurrency: 1,
});

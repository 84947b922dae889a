import { reply, serve } from '../support/serve.ts';

const weights = Array.from({ length: 60_000 }, (_, index) => index * 0.37);

function score(seed: number): number {
  let sum = 0;
  for (const weight of weights) sum += Math.abs(Math.sin(weight + seed)) * Math.cos(weight - seed); // <- here
  return sum;
}

let requestNumber = 0;
await serve((_request, response) => reply(response, { score: score(requestNumber++) }), {
  path: '/score',
  requestCount: 1_200,
  concurrency: 4,
  pauseMs: 0,
});

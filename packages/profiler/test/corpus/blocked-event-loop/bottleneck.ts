import { reply, serve } from '../support/serve.ts';

function closestPair(points: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const a of points) {
    for (const b of points) if (a !== b) least = Math.min(least, Math.abs(Math.sin(a) - Math.sin(b))); // <- here
  }
  return least;
}

const points = Array.from({ length: 3_000 }, (_, index) => index * 1.37);
await serve((_request, response) => reply(response, { least: closestPair(points) }), {
  path: '/pairs',
  requestCount: 6,
});

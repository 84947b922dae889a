import { reply, serve } from '../support/serve.ts';

function closestPair(points: readonly number[]): number {
  const sorted = points.map((point) => Math.sin(point)).toSorted((a, b) => a - b);
  let least = Number.POSITIVE_INFINITY;
  for (const [index, value] of sorted.entries()) least = Math.min(least, (sorted[index + 1] ?? Infinity) - value);
  return least;
}

const points = Array.from({ length: 3_000 }, (_, index) => index * 1.37);
await serve((_request, response) => reply(response, { least: closestPair(points) }), {
  path: '/pairs',
  requestCount: 40,
});

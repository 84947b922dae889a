import { reply, serve } from '../support/serve.ts';

const stations = Array.from({ length: 15_000 }, (_, id) => ({ id, north: (id * 7.31) % 90, east: (id * 3.17) % 180 }));

/** Looks at every station; no single search takes long. */
function nearest(north: number, east: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const station of stations) {
    const distance = Math.hypot(Math.sin(station.north - north), Math.cos(station.east - east)); // <- here
    if (distance < least) [best, least] = [station.id, distance];
  }
  return best;
}

let request = 0;
await serve((_request, response) => reply(response, { id: nearest(++request % 90, request % 180) }), {
  path: '/nearest',
  requestCount: 2_400,
  concurrency: 8,
  pauseMs: 0,
});

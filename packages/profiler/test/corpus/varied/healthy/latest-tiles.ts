// The latest hundred and twenty are kept: memory grows, and then no more.
import type { AddressInfo } from 'node:net';
import express from 'express';
import { driveAndEnd } from '../sources/listen.ts';

const kept = new Map<number, number[]>();
let count = 0;
const app = express();
app.get('/tile', (_request, response) => {
  const id = count++;
  kept.set(
    id,
    Array.from({ length: 8_000 }, (_, index) => index + id),
  );
  kept.delete(id - 120);
  response.json({ count: kept.size });
});
const server = app.listen(0);
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;
await driveAndEnd(`http://127.0.0.1:${port}`, { path: '/tile', requestCount: 600, pauseMs: 4, concurrency: 1 }, () =>
  server.close(),
);

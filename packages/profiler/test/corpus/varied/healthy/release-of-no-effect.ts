// A release that changes nothing, while twice as many come.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { announceRelease } from '../../support/release.ts';
import { drive } from '../../support/load.ts';

let request = 0;
const server = createServer((_request, response) => {
  setTimeout(() => response.end('ok'), 4 + (request++ % 4));
});
await new Promise<void>((resolve) => server.listen(0, resolve));
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;
await drive(port, { path: '/quote', requestCount: 300, concurrency: 2, pauseMs: 2 });
announceRelease('2.0.1');
await drive(port, { path: '/quote', requestCount: 500, concurrency: 4, pauseMs: 2 });
server.close();

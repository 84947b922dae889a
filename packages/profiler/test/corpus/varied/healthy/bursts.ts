// Nobody, then sixty at once, three times.
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { drive } from '../../support/load.ts';

const app = express();
app.get('/ping', async (_request, response) => {
  await sleep(15);
  response.json({ ok: true });
});
const server = app.listen(0);
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;
for (let burst = 0; burst < 3; burst++) {
  await drive(port, { path: '/ping', requestCount: 300, concurrency: 60, pauseMs: 0 });
  await sleep(400);
}
server.close();

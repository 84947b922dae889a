// Express, and the culprit in a module that is loaded when the first request needs it.
import type { AddressInfo } from 'node:net';
import express from 'express';
import { driveAndEnd } from '../sources/listen.ts';

const app = express();
app.use((_request, response, next) => {
  response.setHeader('x-frame-options', 'DENY');
  next();
});
app.get('/login/:name', async (request, response) => {
  const { PasswordHasher } = await import('../sources/passwords.ts');
  const hasher = (globalHasher ??= new PasswordHasher());
  response.json({ ok: hasher.verify(request.params.name) });
});

let globalHasher: { verify: (password: string) => boolean } | undefined;
const server = app.listen(0);
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;
await driveAndEnd(`http://127.0.0.1:${port}`, { path: '/login/eve', requestCount: 40, pauseMs: 20 }, () =>
  server.close(),
);

// Express reads its template from disk for each page.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { driveAndEnd } from '../sources/listen.ts';

const folder = mkdtempSync(join(tmpdir(), 'varied-templates-'));
writeFileSync(join(folder, 'page.html'), `<h1>{{title}}</h1>${'<p>text</p>'.repeat(900_000)}`);

function template(name: string): string {
  const path = join(folder, `${name}.html`);
  if (!existsSync(path)) throw new Error(`No template ${name}.`);
  return readFileSync(path, 'utf8'); // <- here
}

const app = express();
app.get('/pages/:title', (request, response) => {
  response.send(template('page').slice(0, 200).replace('{{title}}', request.params.title));
});
const server = app.listen(0);
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;
await driveAndEnd(`http://127.0.0.1:${port}`, { path: '/pages/home', requestCount: 120, pauseMs: 4 }, () =>
  server.close(),
);

// Large files, streamed from disk.
import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driveAndEnd } from '../sources/listen.ts';

const path = join(tmpdir(), `download-${process.pid}.bin`);
writeFileSync(path, Buffer.alloc(24_000_000, 7));
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/octet-stream');
  createReadStream(path).pipe(response);
});
await new Promise<void>((resolve) => server.listen(0, resolve));
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;
await driveAndEnd(`http://127.0.0.1:${port}`, { path: '/video', requestCount: 24 }, () => {
  server.close();
  rmSync(path);
});

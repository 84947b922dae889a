import { createServer, type Server } from 'node:net';
import { collectEvents } from './collect-events.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDatabaseHost, createPinnedSocket } from '../../src/sources/database/pinned-socket.ts';

let server: Server;
let port: number;
let connectionCount: number;

beforeEach(async () => {
  connectionCount = 0;
  server = createServer((socket) => {
    connectionCount += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

describe('a database source for public addresses only', () => {
  it.each(['postgres', 'mysql'])('does not even knock at an internal address (%s)', async (scheme) => {
    const scanning = collectEvents({
      kind: 'database',
      url: `${scheme}://me:pass@127.0.0.1:${port}/shop`,
      publicOnly: true,
    });
    await expect(scanning).rejects.toMatchObject({ code: 'SCANNER_ADDRESS_BLOCKED' });
    expect(connectionCount).toBe(0);
  });

  it('refuses a name that leads to an internal address', async () => {
    const spec = { kind: 'database', url: 'postgres://me@db.example.org/shop', publicOnly: true } as const;
    const resolve = () => Promise.resolve([{ address: '10.0.0.5', family: 4 } as const]);
    await expect(checkDatabaseHost(spec, resolve)).rejects.toMatchObject({ code: 'SCANNER_ADDRESS_BLOCKED' });
  });

  it('connects to the address that was checked, whatever name the driver gives', async () => {
    const socket = createPinnedSocket({ address: '127.0.0.1', family: 4 });
    await new Promise((resolve) => {
      socket.on('close', resolve);
      socket.connect(port, 'rebound.example.org');
    });
    expect(connectionCount).toBe(1);
  });
});

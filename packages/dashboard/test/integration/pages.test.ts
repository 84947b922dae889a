import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPages } from '../../src/mount/pages.ts';

let root: string;
let server: Server;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'dataguardian-pages-'));
  const folder = join(root, 'dist');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'outside');
  writeFileSync(join(folder, 'index.html'), '<!doctype html>page');
  writeFileSync(join(folder, 'theme.js'), 'theme');
  writeFileSync(join(folder, 'assets', 'a-1.js'), 'x'.repeat(5_000));
  writeFileSync(join(folder, 'assets', 'a-1.js.br'), 'packed before');
  writeFileSync(join(folder, 'assets', 'a-1.js.map'), 'sources');
  const pages = createPages(folder);
  server = createServer((incoming, response) => void pages.send(incoming, response, incoming.url ?? ''));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterAll(() => {
  server.close();
  rmSync(root, { recursive: true, force: true });
});

/** As it crosses the wire: `fetch` would unpack, and would clean the path. */
async function get(
  path: string,
  { encoding = '', method = 'GET' } = {},
): Promise<{ readonly answer: IncomingMessage; readonly body: Buffer }> {
  const { port } = server.address() as AddressInfo;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, path, method, headers: { 'accept-encoding': encoding } }, resolve)
      .on('error', reject)
      .end();
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk as Buffer));
  return { answer, body: Buffer.concat(chunks) };
}

describe('the files of the pages', () => {
  it('are kept by browsers when their names carry a hash, and asked for again when not', async () => {
    const { answer: hashed } = await get('/assets/a-1.js');
    const { answer: named } = await get('/theme.js');
    expect([hashed.headers['cache-control'], named.headers['cache-control']]).toEqual([
      'private, max-age=31536000, immutable',
      'no-cache',
    ]);
    expect(hashed.headers['content-security-policy']).toMatch(/default-src 'none'/);
    expect(hashed.headers['content-security-policy']).not.toMatch(/unsafe/);
  });

  it('are sent packed: as built, else compressed here', async () => {
    const built = await get('/assets/a-1.js', { encoding: 'gzip, br' });
    expect([built.answer.headers['content-encoding'], built.body.toString()]).toEqual(['br', 'packed before']);
    const here = await get('/assets/a-1.js', { encoding: 'gzip' });
    expect(here.answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(here.body).length).toBe(5_000);
    expect((await get('/assets/a-1.js')).body.length).toBe(5_000);
    expect((await get('/theme.js', { method: 'HEAD' })).body.length).toBe(0);
  });

  it.each(['/../secret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%00', '/%ff'])(
    'are nothing outside their folder: %s',
    async (path) => {
      const { answer, body } = await get(path);
      expect([answer.statusCode, body.toString()]).toEqual([200, '<!doctype html>page']);
    },
  );

  it('are not there when they are not there, and sources never are', async () => {
    expect((await get('/assets/none.js')).answer.statusCode).toBe(404);
    expect((await get('/assets/a-1.js.map')).answer.statusCode).toBe(404);
    expect((await get('/assets/a-1.js.br')).answer.statusCode).toBe(404);
  });

  it('leave every other path to the page', async () => {
    expect((await get('/database/statements/x')).body.toString()).toBe('<!doctype html>page');
  });
});

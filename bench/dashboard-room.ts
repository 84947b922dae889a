// The page that bench/dashboard.ts measures, built and served: nothing but the contenders.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';

export interface Room {
  readonly address: string;
  close(): void;
}

export async function openRoom(): Promise<Room> {
  const built = join(tmpdir(), `dashboard-bench-${process.pid}`);
  await build({
    root: import.meta.dirname,
    logLevel: 'error',
    configFile: false,
    define: { global: 'globalThis' },
    build: {
      outDir: built,
      target: 'es2024',
      rolldownOptions: {
        input: resolve(import.meta.dirname, 'dashboard-page.mjs'),
        output: { entryFileNames: 'page.js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
      },
    },
  });
  const styles = readdirSync(built)
    .filter((file) => file.endsWith('.css'))
    .map((file) => `<link rel="stylesheet" href="/${file}">`);
  const html = `<!doctype html><html lang="en" data-theme="light">${styles.join('')}<main><div id="room" class="grid"></div></main><script type="module" src="/page.js"></script></html>`;
  const files = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1);
    try {
      response.setHeader(
        'content-type',
        name === '' ? 'text/html' : name.endsWith('.css') ? 'text/css' : 'text/javascript',
      );
      response.end(name === '' ? html : readFileSync(join(built, name)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => {
    files.listen(0, '127.0.0.1', done);
  });
  // A TCP server's address is an object.
  const { port } = files.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => files.close() };
}

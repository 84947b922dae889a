import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../web/dist', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Everything comes from the own origin; styles set by scripts go through the CSSOM, which needs no exception. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sends the page or one of its files. `path` is what follows the mount point. */
export function sendPage(response: ServerResponse, path: string): void {
  const asset = normalize(path).replace(/^(\.\.[/\\])+/, '');
  const file = join(DIST, asset);
  const isAsset =
    (asset.startsWith('/assets/') || asset === '/theme.js') &&
    file.startsWith(DIST) &&
    existsSync(file) &&
    statSync(file).isFile();
  const headers = {
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  if (isAsset) {
    response.writeHead(200, {
      ...headers,
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'cache-control': asset === '/theme.js' ? 'no-cache' : 'private, max-age=31536000, immutable',
    });
    createReadStream(file).pipe(response);
    return;
  }
  if (asset.startsWith('/assets/')) {
    response.writeHead(404, headers).end();
    return;
  }
  const index = join(DIST, 'index.html');
  if (!existsSync(index)) {
    response.writeHead(503, { ...headers, 'content-type': 'text/plain; charset=utf-8', 'retry-after': '10' });
    response.end('The pages of the dashboard are not built. Run "npm run build" and load this page again.\n');
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': TYPES['.html'], 'cache-control': 'no-cache' });
  response.end(readFileSync(index));
}

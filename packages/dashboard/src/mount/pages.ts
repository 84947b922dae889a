import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Answers the pages and their files. */
export interface Pages {
  /** @param path What follows the mount point, without a query. */
  send(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

/** A file, ready to be sent. */
interface Body {
  readonly bytes: Buffer;
  readonly encoding: 'br' | 'gzip' | undefined;
}

const DIST = fileURLToPath(new URL('../../web/dist', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** What is worth compressing; images and fonts already are. */
const TEXTS = new Set(['.html', '.js', '.css', '.json', '.svg']);

/** Everything comes from the own origin; styles set by scripts go through the CSSOM, which needs no exception. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  vary: 'accept-encoding',
};

const NOT_BUILT = 'The pages of the dashboard are not built. Run "npm run build" and load this page again.\n';
const compress = promisify(gzip);

/**
 * Serves the built pages: names in `/assets/` carry a hash and are kept by browsers; every other path that is no file is
 * the single page's. A `.br` or `.gz` beside a file is sent as it is; text without one is compressed once.
 * @param folder Where the pages were built. @defaultValue `web/dist` of this package
 */
export function createPages(folder: string = DIST): Pages {
  const compressed = new Map<string, Promise<Buffer>>();

  const isFile = async (path: string): Promise<boolean> => {
    try {
      return (await stat(path)).isFile();
    } catch {
      return false;
    }
  };

  const gzipped = async (file: string): Promise<Buffer> => {
    const { mtimeMs, size } = await stat(file);
    const key = `${file} ${mtimeMs} ${size}`;
    let bytes = compressed.get(key);
    if (bytes === undefined) {
      bytes = readFile(file).then((plain) => compress(plain));
      compressed.set(key, bytes);
    }
    return bytes;
  };

  const load = async (file: string, accepted: string): Promise<Body> => {
    if (!TEXTS.has(extname(file))) return { bytes: await readFile(file), encoding: undefined };
    if (/\bbr\b/.test(accepted) && (await isFile(`${file}.br`)))
      return { bytes: await readFile(`${file}.br`), encoding: 'br' };
    if (!/\bgzip\b/.test(accepted)) return { bytes: await readFile(file), encoding: undefined };
    if (await isFile(`${file}.gz`)) return { bytes: await readFile(`${file}.gz`), encoding: 'gzip' };
    return { bytes: await gzipped(file), encoding: 'gzip' };
  };

  const sendFile = async (request: IncomingMessage, response: ServerResponse, file: string): Promise<void> => {
    const { bytes, encoding } = await load(file, request.headers['accept-encoding'] ?? '');
    const isHashed = file.startsWith(join(folder, 'assets') + sep);
    response.writeHead(200, {
      ...HEADERS,
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': bytes.length,
      'cache-control': isHashed ? 'private, max-age=31536000, immutable' : 'no-cache',
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };

  return {
    async send(request, response, path) {
      const asked = join(folder, normalize(`/${decode(path)}`));
      const isInside = asked.startsWith(folder + sep) && !/\.(?:br|gz|map)$/.test(asked);
      if (isInside && (await isFile(asked))) {
        await sendFile(request, response, asked);
      } else if (asked.startsWith(join(folder, 'assets') + sep)) {
        response.writeHead(404, HEADERS).end();
      } else if (await isFile(join(folder, 'index.html'))) {
        await sendFile(request, response, join(folder, 'index.html'));
      } else {
        response.writeHead(503, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', 'retry-after': '10' });
        response.end(NOT_BUILT);
      }
    },
  };
}

/** A path that cannot be decoded is no file: the page itself will say that there is nothing. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path).replaceAll('\0', '');
  } catch {
    return '/';
  }
}

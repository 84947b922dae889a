import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendNotFound } from './problem-replies.ts';

const DIST = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** Addresses of pages; the browser's router draws them all from one document. */
const PAGES =
  /^\/(?:$|scans(?:\/|$)|findings(?:\/|$)|reports(?:\/|$)|account(?:\/|$)|sign-in$|admin\/users(?:\/|$)|admin\/(?:activity|settings)$)/;

/** The built pages and their assets. */
export async function registerPages(app: FastifyInstance): Promise<void> {
  const isBuilt = existsSync(join(DIST, 'index.html'));
  if (isBuilt) {
    await app.register(staticFiles, {
      root: DIST,
      serve: true,
      index: false,
      wildcard: false,
      preCompressed: true,
      globIgnore: ['**/*.gz', '**/*.br', '**/.built', '**/.vite/**', 'index.html'],
      setHeaders: (reply, path) => {
        const isHashed = path.includes('/assets/');
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  const document = isBuilt ? readFileSync(join(DIST, 'index.html'), 'utf8') : undefined;
  app.setNotFoundHandler((request, reply) => answerUnknown(request, reply, document));
}

function answerUnknown(request: FastifyRequest, reply: FastifyReply, document: string | undefined): FastifyReply {
  const path = request.url.split('?')[0] ?? '/';
  const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  const isPage = PAGES.test(path);
  if ((!isPage && !wantsPage) || path.startsWith('/api/') || (request.method !== 'GET' && request.method !== 'HEAD'))
    return sendNotFound(reply);
  reply.code(isPage ? 200 : 404).header('cache-control', 'no-store');
  if (document === undefined)
    return reply
      .code(503)
      .header('retry-after', '10')
      .type('text/plain; charset=utf-8')
      .send('The pages are not built. Run "npm run build", start again and load this page again.\n');
  const nonce = reply.cspNonce.style ?? randomBytes(16).toString('base64');
  return reply.type('text/html; charset=utf-8').send(document.replaceAll('__CSP_NONCE__', nonce));
}

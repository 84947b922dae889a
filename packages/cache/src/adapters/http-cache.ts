import { createHash } from 'node:crypto';
import type { CacheNamespace } from '../cache.ts';

/** A stored response. */
export interface CachedResponse {
  readonly status: number;
  readonly contentType: string;
  readonly etag: string;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly storedAt: number;
}

/** What is used of a Fastify request. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What is used of a Fastify reply. */
export interface HttpReply {
  readonly statusCode: number;
  code(status: number): HttpReply;
  header(name: string, value: string): HttpReply;
  getHeader(name: string): unknown;
  send(payload?: unknown): HttpReply;
}

/** What is used of a Fastify instance. */
export interface HttpServer {
  addHook(name: 'onRequest', hook: (request: HttpRequest, reply: HttpReply) => Promise<HttpReply | undefined>): unknown;
  addHook(
    name: 'onSend',
    hook: (request: HttpRequest, reply: HttpReply, payload: unknown) => Promise<unknown>,
  ): unknown;
}

/** Which responses are cached, and for whom. */
export interface HttpCacheOptions {
  readonly responses: CacheNamespace<CachedResponse>;
  /** For how long a browser may use it unasked, in seconds. @defaultValue 0 */
  readonly maxAgeSeconds?: number;
  /** For how long a browser may use it while it asks again, in seconds. @defaultValue 60 */
  readonly staleWhileRevalidateSeconds?: number;
  /**
   * Whose response it is: part of the key. `undefined` leaves a request uncached. There is no default, because a
   * response kept under a key that is too wide is shown to the wrong person.
   */
  readonly keyOf: (request: HttpRequest) => string | undefined;
  /** Epoch milliseconds, from the caller's clock. */
  readonly now: () => number;
}

const NOT_MODIFIED = 304;
const OK = 200;

/**
 * Caches GET responses of the routes below it: answers from the cache, answers 304 when the browser has the response
 * already (RFC 9110, section 13.1.2), and tells it how long it may keep it (RFC 9111; stale-while-revalidate: RFC 5861).
 */
export function registerHttpCache(server: HttpServer, options: HttpCacheOptions): void {
  const { responses, keyOf, now, maxAgeSeconds = 0, staleWhileRevalidateSeconds = 60 } = options;
  const control = `private, max-age=${maxAgeSeconds}, stale-while-revalidate=${staleWhileRevalidateSeconds}`;
  const toKey = (request: HttpRequest): string | undefined =>
    request.method === 'GET' ? keyOf(request)?.concat(' ', request.url) : undefined;
  const answer = (request: HttpRequest, reply: HttpReply, stored: CachedResponse): unknown => {
    reply.header('etag', stored.etag).header('cache-control', control);
    if (!matches(request.headers['if-none-match'], stored.etag)) return stored.body;
    reply.code(NOT_MODIFIED);
    return '';
  };

  server.addHook('onRequest', async (request, reply) => {
    const key = toKey(request);
    const stored = key === undefined ? undefined : await responses.get(key);
    if (stored === undefined) return undefined;
    const ageSeconds = Math.max(0, Math.floor((now() - stored.storedAt) / 1_000));
    reply.header('age', String(ageSeconds)).header('content-type', stored.contentType);
    return reply.send(answer(request, reply, stored));
  });

  server.addHook('onSend', async (request, reply, payload) => {
    const key = toKey(request);
    const isCacheable = key !== undefined && reply.statusCode === OK && typeof payload === 'string';
    if (!isCacheable || reply.getHeader('age') !== undefined || reply.getHeader('set-cookie') !== undefined)
      return payload;
    const contentType = reply.getHeader('content-type');
    const stored: CachedResponse = {
      status: OK,
      contentType: typeof contentType === 'string' ? contentType : 'application/json',
      etag: `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`,
      body: payload,
      storedAt: now(),
    };
    await responses.set(key, stored);
    return answer(request, reply, stored);
  });
}

function matches(header: string | string[] | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const candidates = (Array.isArray(header) ? header.join(',') : header).split(',');
  return candidates.some((candidate) => candidate.trim() === '*' || candidate.trim().replace(/^W\//, '') === etag);
}

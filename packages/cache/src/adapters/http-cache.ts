import { createHash, randomUUID } from 'node:crypto';
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
  readonly ip?: string;
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
  /** Runs a request through the server without a network; that is how a stale response is asked for anew. */
  inject(request: {
    readonly method: 'GET';
    readonly url: string;
    readonly headers: Record<string, string | string[]>;
    readonly remoteAddress?: string;
  }): Promise<unknown>;
}

/** Which responses are cached, and for whom. */
export interface HttpCacheOptions {
  /**
   * Where they are kept; its policy says for how long: fresh for `ttlMs`; for `staleWhileRevalidateMs` after that served
   * at once while one request asks the route again; for `graceMs` served when the route fails.
   */
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
const FIRST_FAILURE = 500;
/** Marks a request of our own; its value is known to nobody else. */
const REVALIDATION_HEADER = 'x-cache-revalidation';
/** Keys whose last revalidation failed; more are not remembered. */
const MAX_RESTING = 10_000;

/**
 * Caches GET responses of the routes below it: answers from the cache, answers 304 when the browser has the response
 * already (RFC 9110, section 13.1.2), and tells it how long it may keep it (RFC 9111). It serves stale responses itself
 * while one request in the background asks the route again, over all processes, and when the route fails (RFC 5861,
 * sections 3 and 4).
 */
export function registerHttpCache(server: HttpServer, options: HttpCacheOptions): void {
  const { responses, keyOf, now, maxAgeSeconds = 0, staleWhileRevalidateSeconds = 60 } = options;
  const { policy } = responses;
  const control = `private, max-age=${maxAgeSeconds}, stale-while-revalidate=${staleWhileRevalidateSeconds}`;
  /** What our own requests bring, by the value of their header. */
  const revalidations = new Map<string, { stored?: CachedResponse; status?: number }>();
  /** When a response may be asked for again whose revalidation failed. */
  const restingUntil = new Map<string, number>();
  /** What may stand in when the route fails. */
  const standIns = new WeakMap<HttpRequest, CachedResponse>();

  const toKey = (request: HttpRequest): string | undefined =>
    request.method === 'GET' ? keyOf(request)?.concat(' ', request.url) : undefined;
  const revalidationOf = (request: HttpRequest) => revalidations.get(String(request.headers[REVALIDATION_HEADER]));
  const keepMs = (): number => policy.ttlMs + policy.graceMs;

  const answer = (request: HttpRequest, reply: HttpReply, stored: CachedResponse): unknown => {
    reply.header('etag', stored.etag).header('cache-control', control);
    if (!matches(request.headers['if-none-match'], stored.etag)) return stored.body;
    reply.code(NOT_MODIFIED);
    return '';
  };
  const answerFromCache = (request: HttpRequest, reply: HttpReply, stored: CachedResponse): unknown => {
    const ageSeconds = Math.max(0, Math.floor((now() - stored.storedAt) / 1_000));
    reply.header('age', String(ageSeconds)).header('content-type', stored.contentType);
    return answer(request, reply, stored);
  };

  async function ask(request: HttpRequest): Promise<CachedResponse | undefined> {
    const token = randomUUID();
    const outcome: { stored?: CachedResponse; status?: number } = {};
    revalidations.set(token, outcome);
    try {
      await server.inject({
        method: 'GET',
        url: request.url,
        headers: { ...withoutCondition(request), [REVALIDATION_HEADER]: token },
        ...(request.ip === undefined ? {} : { remoteAddress: request.ip }),
      });
    } finally {
      revalidations.delete(token);
    }
    if ((outcome.status ?? FIRST_FAILURE) >= FIRST_FAILURE) throw new Error('the route failed');
    return outcome.stored;
  }

  /** Asks the route in the background, once over all processes. */
  function revalidate(key: string, request: HttpRequest): void {
    if ((restingUntil.get(key) ?? 0) > now()) return;
    // Until it has ended, other requests for the key need not ask.
    restingUntil.set(key, now() + policy.hardTimeoutMs);
    let isGone = false;
    const asked = responses.getOrSet(
      key,
      async ({ skipStore }) => {
        const stored = await ask(request);
        isGone = stored === undefined;
        if (isGone) skipStore();
        // Never stored when there is none.
        return stored as CachedResponse;
      },
      { refresh: 'always', ttlMs: keepMs(), graceMs: 0 },
    );
    asked
      // The route has another answer now, which is not for the cache.
      .then((stored) => {
        if (isGone) return responses.delete(key);
        if (now() - stored.storedAt >= policy.ttlMs) throw new Error('the route failed');
        return undefined;
      })
      .then(
        () => void restingUntil.delete(key),
        () => {
          if (restingUntil.size > MAX_RESTING) restingUntil.clear();
          restingUntil.set(key, now() + policy.retryAfterMs);
        },
      );
  }

  server.addHook('onRequest', async (request, reply) => {
    const key = revalidationOf(request) === undefined ? toKey(request) : undefined;
    const stored = key === undefined ? undefined : await responses.get(key);
    if (key === undefined || stored === undefined) return undefined;
    const staleForMs = now() - stored.storedAt - policy.ttlMs;
    if (staleForMs >= policy.staleWhileRevalidateMs && staleForMs >= 0) {
      if (staleForMs < policy.graceMs) standIns.set(request, stored);
      return undefined;
    }
    if (staleForMs >= 0) revalidate(key, request);
    return reply.send(answerFromCache(request, reply, stored));
  });

  server.addHook('onSend', async (request, reply, payload) => {
    const key = toKey(request);
    if (key === undefined || reply.getHeader('age') !== undefined) return payload;
    const revalidation = revalidationOf(request);
    if (revalidation !== undefined) revalidation.status = reply.statusCode;
    const standIn = standIns.get(request);
    if (standIn !== undefined && reply.statusCode >= FIRST_FAILURE) {
      reply.code(OK);
      return answerFromCache(request, reply, standIn);
    }
    if (reply.statusCode !== OK || typeof payload !== 'string' || reply.getHeader('set-cookie') !== undefined)
      return payload;
    const contentType = reply.getHeader('content-type');
    const stored: CachedResponse = {
      status: OK,
      contentType: typeof contentType === 'string' ? contentType : 'application/json',
      etag: `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`,
      body: payload,
      storedAt: now(),
    };
    if (revalidation === undefined) await responses.set(key, stored, { ttlMs: keepMs(), graceMs: 0 });
    else revalidation.stored = stored;
    return answer(request, reply, stored);
  });
}

/** The headers of a request, so that whoever asked is still known, without asking whether something has changed. */
function withoutCondition({ headers }: HttpRequest): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && name !== 'if-none-match') kept[name] = value;
  return kept;
}

function matches(header: string | string[] | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const candidates = (Array.isArray(header) ? header.join(',') : header).split(',');
  return candidates.some((candidate) => candidate.trim() === '*' || candidate.trim().replace(/^W\//, '') === etag);
}

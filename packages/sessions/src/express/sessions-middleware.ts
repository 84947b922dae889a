import type { IncomingMessage, ServerResponse } from 'node:http';
import { readToken, toClearCookie, toSetCookie } from '../cookie.ts';
import { isCrossSite, isSafeMethod } from '../cross-site.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';

const SESSION = Symbol('session');
const TOKEN = Symbol('token');

/** What the middleware leaves on a request, beside whatever others call `session`. */
interface SeenRequest extends IncomingMessage {
  [SESSION]?: Session | undefined;
  [TOKEN]?: string | undefined;
}

/** The session that the request's cookie opens; `undefined` when nobody is signed in. */
export function sessionOf(request: IncomingMessage): Session | undefined {
  return (request as SeenRequest)[SESSION];
}

/** The token in the request's cookie, for rotation. */
export function sessionTokenOf(request: IncomingMessage): string | undefined {
  return (request as SeenRequest)[TOKEN];
}

/** Middleware of Connect and Express. */
export type SessionMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** How the middleware answers. */
export interface SessionMiddlewareOptions {
  /** Whether the browser came over TLS: then the cookie is `Secure` and bound to the host. @example () => true */
  readonly secure: (request: IncomingMessage) => boolean;
  /** Requests that need no session: their cookie is not looked up. @defaultValue none */
  readonly skip?: (request: IncomingMessage) => boolean;
}

/**
 * Middleware for Express and whatever calls `(request, response, next)`: {@link sessionOf}, `sessions.current()`, a new
 * cookie when one is due, refusal (403) of changing requests that another site caused. Set cookies with
 * {@link setSessionCookie}.
 */
export function createSessionsMiddleware(
  sessions: Sessions,
  { secure, skip = () => false }: SessionMiddlewareOptions,
): SessionMiddleware {
  return (seen, response, next) => {
    const request: SeenRequest = seen;
    if (isCrossSite(request.method ?? 'GET', request.headers)) {
      next(Object.assign(new Error('This request was caused by another site.'), { status: 403, statusCode: 403 }));
      return;
    }
    const token = readToken(request.headers.cookie, { secure: secure(request) });
    request[TOKEN] = token;
    if (token === undefined || skip(request)) {
      next();
      return;
    }
    const enter = (session: Session | undefined): void => {
      request[SESSION] = session;
      if (session === undefined) {
        next();
        return;
      }
      const { method = 'GET' } = request;
      if (!isSafeMethod(method))
        // Which route answers is known to the application alone, and a path may hold what no log should.
        response.once('finish', () => sessions.note(session, `${method} ${response.statusCode}`));
      sessions.run(session, next);
    };
    const known = sessions.resumeNow(token);
    if (known !== undefined && !sessions.isRenewalDue(token)) {
      enter(known);
      return;
    }
    const resume = async (): Promise<Session | undefined> => {
      const session = await sessions.resume(token);
      if (session === undefined || !sessions.isRenewalDue(token)) return session;
      // The former token is good for a while: a renewal that fails is tried with a later request.
      const renewed = await sessions.renew(token).catch(() => undefined);
      if (renewed !== undefined) setSessionCookie(response, renewed, { secure: secure(request) });
      return session;
    };
    // oxlint-disable-next-line promise/no-callback-in-promise -- what memory knows must not wait for a promise
    resume().then(enter, next);
  };
}

/** Hands a token to the browser. */
export function setSessionCookie(response: ServerResponse, token: string, options: { readonly secure: boolean }): void {
  response.appendHeader('set-cookie', toSetCookie(token, options));
}

/** Takes the cookie back. */
export function clearSessionCookie(response: ServerResponse, options: { readonly secure: boolean }): void {
  response.appendHeader('set-cookie', toClearCookie(options));
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { readToken, toClearCookie, toSetCookie } from './cookie.ts';
import { isCrossSite, isSafeMethod } from './cross-site.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session that the cookie opens; `undefined` when nobody is signed in. */
    session: Session | undefined;
    /** The cookie's token, for rotation. */
    sessionToken: string | undefined;
  }
  interface FastifyReply {
    /** Hands a token to the browser. */
    setSessionCookie(token: string): FastifyReply;
    clearSessionCookie(): FastifyReply;
  }
}

/** How the plugin answers. */
export interface SessionsMount {
  /** Whether the browser came over TLS: then the cookie is `Secure` and bound to the host. */
  readonly secure: (request: FastifyRequest) => boolean;
  /** Requests that need no session: their cookie is not looked up. @defaultValue none */
  readonly skip?: (request: FastifyRequest) => boolean;
  /** Makes the error for a changing request that another site caused. @defaultValue an Error with statusCode 403 */
  readonly crossSiteError?: () => Error;
}

/** Fastify plugin: `request.session`, cookies, and refusal of cross-site writes. */
export function createSessionsPlugin(sessions: Sessions, mount: SessionsMount) {
  const crossSiteError =
    mount.crossSiteError ??
    (() => Object.assign(new Error('This request was caused by another site.'), { statusCode: 403 }));
  const plugin = (app: FastifyInstance): Promise<void> => {
    app.decorateRequest('session');
    app.decorateRequest('sessionToken');
    app.decorateReply('setSessionCookie', function setSessionCookie(this: FastifyReply, token: string) {
      return this.header('set-cookie', toSetCookie(token, { secure: mount.secure(this.request) }));
    });
    app.decorateReply('clearSessionCookie', function clearSessionCookie(this: FastifyReply) {
      return this.header('set-cookie', toClearCookie({ secure: mount.secure(this.request) }));
    });
    const enter = (request: FastifyRequest, session: Session | undefined, done: () => void): void => {
      request.session = session;
      if (session === undefined) done();
      else sessions.run(session, done);
    };
    const renewCookie = async (token: string, reply: FastifyReply): Promise<void> => {
      // The former token is good for a while: a renewal that fails is tried with a later request.
      const next = await sessions.renew(token).catch(() => undefined);
      if (next !== undefined) reply.setSessionCookie(next);
    };
    app.addHook('onRequest', (request, _reply, done) => {
      if (isCrossSite(request.method, request.headers)) {
        done(crossSiteError());
        return;
      }
      const token = readToken(request.headers.cookie, { secure: mount.secure(request) });
      request.sessionToken = token;
      if (token === undefined || mount.skip?.(request) === true) {
        done();
        return;
      }
      const known = sessions.resumeNow(token);
      if (known !== undefined) {
        enter(request, known, done);
        return;
      }
      sessions.resume(token).then(
        (session) => enter(request, session, done),
        // oxlint-disable-next-line promise/no-callback-in-promise -- what memory knows must not wait for a promise
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    });
    app.addHook('onSend', (request, reply, _payload, done) => {
      const { sessionToken: token, session } = request;
      if (token === undefined || session === undefined) {
        done();
        return;
      }
      if (!isSafeMethod(request.method))
        sessions.note(session, `${request.method} ${request.routeOptions.url ?? 'unknown route'} ${reply.statusCode}`);
      // Who signs in or out with this answer gets a cookie anyway, and a refusal is no place for a new one.
      if (reply.statusCode >= 400 || reply.hasHeader('set-cookie') || !sessions.isRenewalDue(token)) {
        done();
        return;
      }
      // oxlint-disable-next-line promise/no-callback-in-promise -- most answers must not wait for a promise
      renewCookie(token, reply).then(() => done(), done);
    });
    return Promise.resolve();
  };
  return fastifyPlugin(plugin, { name: '@dataguardian/sessions', fastify: '5.x' });
}

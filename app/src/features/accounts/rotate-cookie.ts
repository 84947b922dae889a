import type { Session } from '@dataguardian/performance';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppContext } from '../../server/context.ts';
import { notSignedIn } from '../../server/problem.ts';

/** Gives the browser another token for the same session, after a fresh proof of who it is. */
export async function rotateCookie(
  { sessions }: AppContext,
  { sessionToken }: FastifyRequest,
  reply: FastifyReply,
): Promise<Session> {
  const rotated = sessionToken === undefined ? undefined : await sessions.rotate(sessionToken);
  // Ended while the password was checked.
  if (rotated === undefined) throw notSignedIn();
  reply.setSessionCookie(rotated.token);
  return rotated.session;
}

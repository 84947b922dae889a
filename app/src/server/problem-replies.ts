import { DashboardError, DatabaseError, SessionError } from '@dataguardian/performance';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { notFound, Problem, unavailable, type ProblemDetails } from './problem.ts';

const RETRY_SECONDS = 2;

/** Sends `problem` as `application/problem+json`. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { retryAfterSeconds, ...details } = problem.details;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply
    .code(problem.statusCode)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(
      JSON.stringify({
        type: 'about:blank',
        status: problem.statusCode,
        ...details,
        // Leads from what a person was shown to the line in the log.
        ...(problem.statusCode >= 500 ? { instance: `urn:uuid:${reply.request.id}` } : {}),
      }),
    );
}

/** Every error leaves the server as a problem document; what is not foreseen is logged and says nothing of itself. */
export function installProblemReplies(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    if (problem.statusCode >= 500) logFailure(request, problem, error);
    return sendProblem(reply, problem);
  });
}

/** The answer for what does not exist. */
export function sendNotFound(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, notFound());
}

function logFailure(request: FastifyRequest, problem: Problem, error: unknown): void {
  const level = problem.statusCode === 503 ? 'warn' : 'error';
  request.log[level](
    { requestId: request.id, code: problem.code, route: request.routeOptions.url, err: error },
    'request failed',
  );
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({
      field: instancePath.replaceAll('/', '.').replace(/^\./, '') || (error.validationContext ?? 'request'),
      message: message ?? 'is not valid',
    }));
    return new Problem(400, {
      code: 'VALIDATION_FAILED',
      title: 'The request cannot be used',
      detail: errors.map(({ field, message }) => `${field}: ${message}`).join('; '),
      hint: 'Correct the fields named and send the request again.',
      errors,
    });
  }
  if (error instanceof DatabaseError) return fromDatabase(error);
  if (hasUnavailableState(error)) return unavailable('The database is busy.', RETRY_SECONDS, { cause: error });
  if (error instanceof SessionError && error.code === 'SESSIONS_UNAVAILABLE')
    return unavailable('The store of sessions does not answer.', RETRY_SECONDS, { cause: error });
  if (error instanceof DashboardError || hasAdvice(error)) return fromAdvised(error);
  return fromFramework(error);
}

function fromDatabase(error: DatabaseError): Problem {
  return unavailable(
    error.code === 'DATABASE_ACQUIRE_TIMEOUT' ? 'Too much is going on at once.' : 'The database does not answer.',
    RETRY_SECONDS,
    { cause: error },
  );
}

/** SQLSTATEs that pass by themselves: cancelled statements, shutdown, too many connections, deadlock, no disk or memory. */
function hasUnavailableState(error: unknown): boolean {
  const code = error instanceof Error && 'severity' in error && 'code' in error ? String(error.code) : '';
  return /^(?:57|53|40)/.test(code);
}

interface Advised extends Error {
  readonly code: string;
  readonly hint: string;
  readonly statusCode: number;
}

function hasAdvice(error: unknown): error is Advised {
  return error instanceof Error && 'hint' in error && 'statusCode' in error && 'code' in error;
}

function fromAdvised(error: Advised): Problem {
  return new Problem(
    error.statusCode,
    { code: error.code, title: 'Not done', detail: error.message, hint: error.hint },
    { cause: error },
  );
}

const FRAMEWORK: Readonly<Record<string, ProblemDetails>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'BODY_TOO_LARGE',
    title: 'Too large',
    detail: 'The body is larger than this endpoint takes.',
    hint: 'Send less at once; files go to /api/uploads.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'MEDIA_TYPE_UNSUPPORTED',
    title: 'This kind of body is not understood',
    hint: 'Send JSON with "content-type: application/json".',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    code: 'JSON_INVALID',
    title: 'The body is not valid JSON',
    hint: 'Check the body and send it again.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    code: 'BODY_MISSING',
    title: 'The body is empty',
    hint: 'Send a JSON body, or leave the content type out.',
  },
};

function fromFramework(error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const statusCode = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const known = FRAMEWORK[code];
  if (known !== undefined) return new Problem(statusCode, known, { cause: error });
  if (statusCode >= 400 && statusCode < 500 && error instanceof Error)
    return new Problem(
      statusCode,
      { code: 'REQUEST_REFUSED', title: 'The request cannot be used', detail: error.message },
      { cause: error },
    );
  return new Problem(
    500,
    {
      code: 'INTERNAL',
      title: 'Something went wrong here',
      detail: 'The cause is in the log of the server.',
      hint: 'Try again; when it stays, give the administrator the number of this message (instance).',
    },
    { cause: error },
  );
}

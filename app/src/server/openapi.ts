import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { renderApiPage } from './api-page.ts';

const DESCRIPTION = [
  'Sign in with POST /api/auth/login and send its cookie with every request; it ends when unused for 30 minutes.',
  'Programs need nothing else. Browsers must send changing requests from the pages of this server: Sec-Fetch-Site',
  'and Origin are checked, and the cookie is SameSite=Lax.',
  'Errors are problem documents (RFC 9457) with a stable code and a hint; 503 and 429 say in Retry-After when to try',
  'again. Lists are {items, nextCursor}: send nextCursor as cursor to go on. Times are ISO 8601 in UTC.',
].join(' ');

/** Said of every route that asks for it. */
const FRESH =
  'Needs a recent proof of who you are: within 15 minutes of signing in, or of POST /api/auth/confirm. Later it answers 403 SESSION_NOT_FRESH: confirm, then send it again.';

const TEXT = { type: 'string' as const };

/** Shape of every error. */
const PROBLEM = {
  type: 'object' as const,
  required: ['type', 'status', 'code', 'title'],
  properties: {
    type: TEXT,
    status: { type: 'integer' as const },
    code: { ...TEXT, description: 'Stable for programs; docs/errors.md lists all' },
    title: TEXT,
    detail: TEXT,
    hint: { ...TEXT, description: 'What to do about it' },
    confirmAt: { ...TEXT, description: 'Where to prove first who is signed in' },
    instance: { ...TEXT, description: 'Names this occurrence in the log' },
    errors: {
      type: 'array' as const,
      items: { type: 'object' as const, properties: { field: TEXT, message: TEXT } },
    },
  },
};

/** Every route can answer with it. */
const PROBLEM_ANSWER = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** Whether the parts are JSON Schema already, as those of the performance dashboard, which knows no zod. */
function isPlain({ params, querystring, body, response }: FastifySchema): boolean {
  const parts = [params, querystring, body, ...(isObject(response) ? Object.values(response) : [])].filter(isObject);
  return parts.length > 0 && parts.every((part) => !('_zod' in part));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const transform: typeof jsonSchemaTransform = (input) => {
  const { schema, url } = isPlain(input.schema) ? input : jsonSchemaTransform(input);
  const isFresh = input.route.config?.fresh === true;
  const response = typeof schema['response'] === 'object' ? schema['response'] : { '2xx': { description: 'Done' } };
  return {
    url,
    schema: {
      ...schema,
      ...(isFresh ? { description: FRESH } : {}),
      response: { ...response, default: PROBLEM_ANSWER },
    },
  };
};

/** Collects every route into an OpenAPI 3.1 document. Register it before the routes. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'DataGuardian Pro',
        version: '0.1.0',
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        schemas: { Problem: PROBLEM },
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'dataguardian' } },
      },
      security: [{ session: [] }],
    },
    transform,
  });
}

/** The document and a page for people. */
export function registerOpenApiRoutes(app: FastifyInstance): void {
  app.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, () => app.swagger());
  app.get('/api/docs', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(renderApiPage(app.swagger(), reply.cspNonce.style)),
  );
}

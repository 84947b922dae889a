import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { renderApiPage } from './api-page.ts';

/** Collects every route into an OpenAPI 3.1 document. Register it before the routes. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'DataGuardian Pro',
        version: '0.1.0',
        description: 'Sign in with POST /api/auth/login and send the cookie with every request. Errors are RFC 9457.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'dataguardian' } } },
      security: [{ session: [] }],
    },
    transform: jsonSchemaTransform,
  });
}

/** The document and a page for people. */
export function registerOpenApiRoutes(app: FastifyInstance): void {
  app.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, () => app.swagger());
  app.get('/api/docs', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(renderApiPage(app.swagger(), reply.cspNonce.style)),
  );
}

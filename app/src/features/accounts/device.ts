import type { FastifyRequest } from 'fastify';
import type { Device } from './service.ts';

/** From where a request comes. */
export function deviceOf(request: FastifyRequest): Device {
  return { userAgent: request.headers['user-agent'] ?? '', address: request.ip };
}

import type { FastifyInstance } from 'fastify';
import type { AppContext } from './context.ts';

/** Registers the routes of every feature. */
export async function registerFeatures(_app: FastifyInstance, _context: AppContext): Promise<void> {
  // Filled in as features land.
}

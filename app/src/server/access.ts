import type { Role } from './principal.ts';

/** Who may use a route: everybody, everybody signed in, or the roles named. */
export type Access = 'public' | 'signed-in' | readonly Role[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it; one without it stops the server from starting. */
    readonly access?: Access;
    /** Answers 404 instead of 401 and 403: for what others must not even know of. */
    readonly hidden?: boolean;
  }
}

/** Roles that see every scan of their organisation. */
export const READERS: readonly Role[] = ['admin', 'manager', 'analyst', 'auditor'];

/** Roles that may start and change scans and decide about findings. */
export const SCANNERS: readonly Role[] = ['admin', 'manager', 'analyst'];

/** Roles that manage users and settings. */
export const ADMINISTRATORS: readonly Role[] = ['admin'];

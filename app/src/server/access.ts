import type { Role } from './principal.ts';

/** Who may use a route: everybody, everybody signed in, or the roles named. */
export type Access = 'public' | 'signed-in' | readonly Role[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it; one without it stops the server from starting. */
    readonly access?: Access;
    /** For operators alone; answers everybody else 404 instead of 401 and 403: they must not even know of it. */
    readonly hidden?: boolean;
    /** Asks for a recent proof of who is signed in; `POST /api/auth/confirm` gives one. */
    readonly fresh?: boolean;
  }
}

/** Roles that see every scan of their organisation. */
export const READERS: readonly Role[] = ['admin', 'manager', 'analyst', 'auditor'];

/** Roles that may start and change scans and decide about findings. */
export const SCANNERS: readonly Role[] = ['admin', 'manager', 'analyst'];

/** Roles that manage users and settings. */
export const ADMINISTRATORS: readonly Role[] = ['admin'];

/** Roles that see who did what. */
export const AUDITORS: readonly Role[] = ['admin', 'auditor'];

/** For so long after signing in, or confirming, a person is known well enough for what is sensitive. */
export const FRESH_MS = 15 * 60_000;

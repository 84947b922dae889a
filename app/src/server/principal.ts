/** What a person may do in their organisation: design in docs/security.md. */
export type Role = 'admin' | 'manager' | 'analyst' | 'auditor';

/** Every role, from most to least able. */
export const ROLES = ['admin', 'manager', 'analyst', 'auditor'] as const satisfies readonly Role[];

/** Whether `value` is a role. */
export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}

/** Who a request is from. */
export interface Principal {
  readonly userId: string;
  readonly organisationId: string;
  readonly role: Role;
  /** Public handle of the session. */
  readonly sessionHandle: string;
}

/**
 * What a person may do in their organisation: `admin` everything, `manager` all scans, `analyst` own and shared scans,
 * `auditor` reading and exporting.
 */
export type Role = 'admin' | 'manager' | 'analyst' | 'auditor';

/** Every role, from most to least able. */
export const ROLES = ['admin', 'manager', 'analyst', 'auditor'] as const satisfies readonly Role[];

/** Whether `value` is a role. */
export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}

/** Mark of sessions of the first organisation, whose administrators run the installation. */
export const OPERATOR = 'operator';

/** Mark of sessions that may do nothing but set a second factor up, which their organisation requires. */
export const SECOND_FACTOR_DUE = 'second-factor-due';

/** Who a request is from. */
export interface Principal {
  readonly userId: string;
  readonly organisationId: string;
  readonly role: Role;
  /** Of the first organisation: as administrator, sees the machine and the other organisations' names. */
  readonly isOperator: boolean;
  /** Whether the session may do nothing but set a second factor up. */
  readonly isFactorDue: boolean;
  /** Public handle of the session. */
  readonly sessionHandle: string;
}

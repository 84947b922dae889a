import { createContext, useContext } from 'react';
import type { Me, Role } from './types.ts';

/** Who is signed in, and how they leave. */
export interface SessionState {
  readonly me: Me;
  readonly leave: () => Promise<void>;
}

/** Carries the signed-in person to every component. */
export const SessionContext = createContext<SessionState | undefined>(undefined);

/** Who is signed in. */
export function useSession(): SessionState {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession needs a SessionContext above it.');
  return session;
}

/** What a role may do in these pages; the server decides on its own and refuses the rest. */
export interface Abilities {
  readonly canScan: boolean;
  readonly canTriage: boolean;
  readonly canAdminister: boolean;
  /** Sees who did what. */
  readonly canAudit: boolean;
}

const abilities: Readonly<Record<Role, Abilities>> = {
  admin: { canScan: true, canTriage: true, canAdminister: true, canAudit: true },
  manager: { canScan: true, canTriage: true, canAdminister: false, canAudit: false },
  analyst: { canScan: true, canTriage: true, canAdminister: false, canAudit: false },
  auditor: { canScan: false, canTriage: false, canAdminister: false, canAudit: true },
};

/** What the signed-in person may do. */
export function useAbilities(): Abilities {
  return abilities[useSession().me.role];
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Session } from './session.ts';

/** The session of the request that the running code belongs to. Nobody can set it but {@link SessionContext.run}. */
export interface SessionContext {
  /** `undefined` outside of any request, and where nobody is signed in. */
  current(): Session | undefined;
  /** Runs `work` and everything it starts as `session`; other requests are not concerned. */
  run<Result>(session: Session | undefined, work: () => Result): Result;
}

/** Creates a context of its own: two session layers in one process do not see each other's sessions. */
export function createSessionContext(): SessionContext {
  const storage = new AsyncLocalStorage<{ readonly session: Session | undefined }>();
  return {
    current: () => storage.getStore()?.session,
    run: (session, work) => storage.run(Object.freeze({ session }), work),
  };
}

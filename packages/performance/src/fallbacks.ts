import type { ComponentHealth, ComponentStatus } from '@dataguardian/telemetry';

/** The parts whose absence users must not notice more than necessary. */
export type Component = 'database' | 'cache' | 'sessions' | 'profiler' | 'advisor' | 'dashboard';

/** What happens to users when a part is away, and what an operator can do. */
export interface Fallback {
  readonly component: Component;
  /** Health of the whole when this part is down: `down` only where nothing useful can be answered. */
  readonly whenDown: ComponentStatus;
  readonly behaviour: string;
  readonly remedy: string;
}

/** Part by part: the behaviour that `docs/operations.md` explains and the fault tests prove. */
export const FALLBACKS: readonly Fallback[] = [
  {
    component: 'database',
    whenDown: 'degraded',
    behaviour: 'Cached reads are served within grace, running sessions stay readable, writes are refused with 503.',
    remedy: 'Start PostgreSQL or correct DATABASE_URL; the pool refills by itself.',
  },
  {
    component: 'cache',
    whenDown: 'degraded',
    behaviour: 'Reads come from memory and the database; no request fails.',
    remedy: 'Start Redis or correct REDIS_URL; invalidations that waited are replayed.',
  },
  {
    component: 'sessions',
    whenDown: 'degraded',
    behaviour: 'Running sessions are served from memory within their lease; nobody can sign in.',
    remedy: 'Restore the database, which is the truth about sessions.',
  },
  {
    component: 'profiler',
    whenDown: 'degraded',
    behaviour: 'Requests are served without being observed.',
    remedy: 'Read the log for the cause; the profiler is started again by itself.',
  },
  {
    component: 'advisor',
    whenDown: 'degraded',
    behaviour: 'No new recommendations appear; applied ones stay in force.',
    remedy: 'Read the log for the cause.',
  },
  {
    component: 'dashboard',
    whenDown: 'degraded',
    behaviour: 'The performance pages answer 503; everything else works.',
    remedy: 'Read the log for the cause.',
  },
];

/** The health of the whole from that of its parts. */
export function combineHealth(components: Readonly<Record<string, ComponentHealth>>): ComponentStatus {
  let worst: ComponentStatus = 'up';
  for (const [name, { status }] of Object.entries(components)) {
    if (status === 'up') continue;
    const fallback = FALLBACKS.find(({ component }) => component === name);
    const effect = status === 'down' ? (fallback?.whenDown ?? 'degraded') : 'degraded';
    if (effect === 'down') return 'down';
    worst = 'degraded';
  }
  return worst;
}

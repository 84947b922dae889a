import type { ComponentHealth } from '@dataguardian/telemetry';
import type { Pool } from './pool.ts';

/** Down only while no connection works: an attempt that failed beside working ones is no outage. */
export function toDatabaseHealth(pool: Pool): ComponentHealth {
  const { total, waiting, max } = pool.state();
  const leaking = pool.holders().filter((holder) => holder.leaking).length;
  const leaks = leaking === 0 ? '' : ` ${leaking} of them are held beyond the leak threshold: see the holders.`;
  if (pool.lastFailure() !== undefined) {
    return total === 0
      ? { status: 'down', detail: 'PostgreSQL cannot be reached; connecting again.' }
      : { status: 'degraded', detail: `${total} connections work, further ones cannot be opened; trying again.` };
  }
  if (waiting > 0 && total >= max)
    return { status: 'degraded', detail: `All ${max} connections are lent and ${waiting} callers wait.${leaks}` };
  if (leaking > 0) return { status: 'degraded', detail: `PostgreSQL answers.${leaks}` };
  return { status: 'up', detail: 'PostgreSQL answers.' };
}

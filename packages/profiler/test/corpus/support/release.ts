import { releases } from '@dataguardian/telemetry';

/** Tells the profiler of this process that a release begins to serve. */
export function announceRelease(name: string): void {
  releases.publish({ name });
}

import type { Detector } from '../bottlenecks.ts';
import { elapsedMs } from '../evidence.ts';

/** With fewer users there is nobody to be unfair to. */
const FEWEST_USERS = 3;
const FEWEST_REQUESTS = 30;
const DOMINANT_SHARE = 0.6;
/** An idle machine may serve one user with all it has. */
const BUSY_RATIO = 0.5;

/** Rule: of three users or more one takes 60% of all request time while the loop is busy for half of the clock. */
export const dominantUser: Detector = {
  rule: 'dominant-user',
  detect(evidence) {
    const { users, windows, since } = evidence;
    const [first] = users;
    const busyMs = windows.reduce(
      (sum, { runtime, durationMs }) =>
        sum + Math.max(runtime.loopUtilisationRatio, Math.min(1, runtime.cpuRatio)) * durationMs,
      0,
    );
    const totalMs = users.reduce((sum, { durationMs }) => sum + durationMs, 0);
    if (first === undefined || users.length < FEWEST_USERS || first.requestCount < FEWEST_REQUESTS) return [];
    const share = first.durationMs / Math.max(1, totalMs);
    const busyRatio = busyMs / elapsedMs(evidence);
    if (share < DOMINANT_SHARE || busyRatio < BUSY_RATIO) return [];
    return [
      {
        rule: 'dominant-user',
        subject: `user ${first.user}`,
        severity: share >= 0.8 ? 'high' : 'medium',
        title: `One of ${users.length} users takes ${Math.round(share * 100)}% of the time of all requests, most on ${first.route}`,
        evidence: {
          share,
          requestCount: first.requestCount,
          durationMs: first.durationMs,
          userCount: users.length,
          busyRatio,
        },
        location: undefined,
        share,
        since,
      },
    ];
  },
};

import { migration as foundation } from './0001-foundation.ts';
import { migration as scans } from './0002-scans.ts';
import { migration as sessions } from './0003-sessions.ts';
import { migration as dashboard } from './0004-dashboard.ts';
import { migration as advisor } from './0005-advisor.ts';
import { migration as sessionActivity } from './0006-session-activity.ts';
import { migration as signInAttempts } from './0007-sign-in-attempts.ts';
import { migration as dashboardRankings } from './0008-dashboard-rankings.ts';
import { migration as sessionDataBound } from './0009-session-data-bound.ts';
import { migration as dashboardRecordings } from './0010-dashboard-recordings.ts';
import { migration as secondFactor } from './0011-second-factor.ts';
import type { Migration } from './migration.ts';

/** Every migration, in order. */
export const MIGRATIONS: readonly Migration[] = [
  foundation,
  scans,
  sessions,
  dashboard,
  advisor,
  sessionActivity,
  signInAttempts,
  dashboardRankings,
  sessionDataBound,
  dashboardRecordings,
  secondFactor,
];

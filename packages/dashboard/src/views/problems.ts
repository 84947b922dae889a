import type { LocalText } from '@dataguardian/advisor';
import type { Bottleneck } from '@dataguardian/profiler';
import { ruleNames } from '../alerts/rule-names.ts';
import type { Alert } from '../api/alerts.ts';
import type { Component, Problem } from '../api/overview.ts';
import { BOTTLENECK_WORDS, NEXT_STEPS } from './bottleneck-words.ts';

const RANK: Readonly<Record<Problem['severity'], number>> = { critical: 0, warning: 1, info: 2 };

const PAGES: Readonly<Record<string, string>> = {
  database: '/database',
  queries: '/database',
  pool: '/database',
  cache: '/cache',
  sessions: '/sessions',
  requests: '/requests',
  scans: '/scans',
  queue: '/scans',
  runtime: '/profiler',
  profiler: '/profiler',
};

const DUTCH: Readonly<Record<string, string>> = {
  database: 'De database',
  cache: 'De cache',
  sessions: 'Sessiebeheer',
  profiler: 'De profiler',
  queue: 'De wachtrij',
};

const ENGLISH: Readonly<Record<string, string>> = {
  database: 'The database',
  cache: 'The cache',
  sessions: 'Session management',
  profiler: 'The profiler',
  queue: 'The queue',
};

const READ_THE_LOG: LocalText = { en: 'Read the log of the server.', nl: 'Lees het logboek van de server.' };

/** What is wrong, the worst first. */
export function toProblems(
  components: readonly Component[],
  alerts: readonly Alert[],
  bottlenecks: readonly Bottleneck[],
): readonly Problem[] {
  return [
    ...components.filter(({ status }) => status !== 'up').map(ofComponent),
    ...alerts.filter(({ metric }) => !metric.startsWith('components.')).map(ofAlert),
    ...bottlenecks.map(ofBottleneck),
  ].toSorted((one, other) => RANK[one.severity] - RANK[other.severity]);
}

function ofComponent({ name, status, detail, since, remedy, fallback }: Component): Problem {
  const isDown = status === 'down';
  return {
    kind: 'component',
    severity: isDown ? 'critical' : 'warning',
    what: {
      en: `${ENGLISH[name] ?? name} ${isDown ? 'is down' : 'runs on its fallback'}: ${detail}`,
      // What the component says of itself is English.
      nl: `${DUTCH[name] ?? name} ${isDown ? 'is uitgevallen' : 'draait in noodbedrijf'}: ${fallback?.nl ?? detail}`,
    },
    since,
    remedy: remedy ?? READ_THE_LOG,
    page: PAGES[name] ?? '/overview',
  };
}

function ofAlert({ severity, ruleId, name, firedAt, group, detail }: Alert): Problem {
  const names = ruleNames({ id: ruleId, name });
  const about = detail === '' ? '' : `: ${detail}`;
  return {
    kind: 'alert',
    severity,
    what: { en: `${names.en}${about}`, nl: `${names.nl}${about}` },
    since: firedAt,
    remedy: { en: 'Open the alert and its chart.', nl: 'Open de melding en de grafiek ervan.' },
    page: PAGES[group] ?? '/alerts',
  };
}

function ofBottleneck({ rule, subject, severity, location, since }: Bottleneck): Problem {
  const { page, en, nl } = BOTTLENECK_WORDS[rule];
  const place = location ?? subject;
  const about = place === '' ? '' : `: ${place}`;
  return {
    kind: 'bottleneck',
    severity: severity === 'high' ? 'warning' : 'info',
    what: { en: `${en}${about}`, nl: `${nl}${about}` },
    since,
    remedy: NEXT_STEPS[page],
    page,
  };
}

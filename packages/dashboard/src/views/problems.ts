import type { LocalText } from '@dataguardian/advisor';
import type { Bottleneck } from '@dataguardian/profiler';
import type { Alert } from '../api/alerts.ts';
import type { Component, Problem } from '../api/overview.ts';

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

/** Where the evidence of each kind of bottleneck is, what it is called, and what to do. */
const BOTTLENECKS: Readonly<
  Record<string, { readonly page: string; readonly what: LocalText; readonly remedy: LocalText }>
> = {
  'blocked-event-loop': {
    page: '/profiler',
    what: { en: 'The event loop is blocked', nl: 'De event loop wordt geblokkeerd' },
    remedy: { en: 'Look at the flame graph of that moment.', nl: 'Bekijk de vlamgrafiek van dat moment.' },
  },
  'slow-route': {
    page: '/requests',
    what: { en: 'A route is slow', nl: 'Een route is traag' },
    remedy: { en: 'Open its slowest requests.', nl: 'Open de traagste verzoeken ervan.' },
  },
  'slow-statement': {
    page: '/database',
    what: { en: 'A statement is slow', nl: 'Een opdracht is traag' },
    remedy: { en: 'Look at its plan and at the recommendations.', nl: 'Bekijk het plan en de aanbevelingen.' },
  },
  'pool-starvation': {
    page: '/database',
    what: { en: 'The pool has too few connections', nl: 'De pool heeft te weinig verbindingen' },
    remedy: {
      en: 'See who holds them, and the advised size.',
      nl: 'Bekijk wie ze vasthoudt en de geadviseerde grootte.',
    },
  },
  'low-hit-ratio': {
    page: '/cache',
    what: { en: 'The cache seldom answers', nl: 'De cache antwoordt zelden' },
    remedy: { en: 'See what more memory would bring.', nl: 'Bekijk wat meer geheugen zou opleveren.' },
  },
  'gc-pressure': {
    page: '/profiler',
    what: { en: 'Garbage collection takes much time', nl: 'Geheugenopruiming kost veel tijd' },
    remedy: { en: 'Look for code that allocates much.', nl: 'Zoek code die veel geheugen aanvraagt.' },
  },
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

function ofComponent({ name, status, detail, since, remedy }: Component): Problem {
  const isDown = status === 'down';
  return {
    kind: 'component',
    severity: isDown ? 'critical' : 'warning',
    what: {
      en: `${name} ${isDown ? 'is down' : 'runs on its fallback'}: ${detail}`,
      nl: `${name} ${isDown ? 'is uitgevallen' : 'draait in noodbedrijf'}: ${detail}`,
    },
    since,
    remedy: remedy ?? READ_THE_LOG,
    page: PAGES[name] ?? '/overview',
  };
}

function ofAlert({ severity, name, firedAt, group }: Alert): Problem {
  return {
    kind: 'alert',
    severity,
    what: { en: name, nl: name },
    since: firedAt,
    remedy: { en: 'Open the alert and its chart.', nl: 'Open de melding en de grafiek ervan.' },
    page: PAGES[group] ?? '/alerts',
  };
}

function ofBottleneck({ rule, subject, severity }: Bottleneck): Problem {
  const known = BOTTLENECKS[rule] ?? {
    page: '/profiler',
    what: { en: rule.replaceAll('-', ' '), nl: rule.replaceAll('-', ' ') },
    remedy: { en: 'Open the evidence.', nl: 'Open het bewijs.' },
  };
  const about = subject === '' ? '' : `: ${subject}`;
  return {
    kind: 'bottleneck',
    severity: severity === 'high' ? 'warning' : 'info',
    what: { en: `${known.what.en}${about}`, nl: `${known.what.nl}${about}` },
    since: null,
    remedy: known.remedy,
    page: known.page,
  };
}

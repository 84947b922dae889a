import type { LocalText } from '@dataguardian/advisor';

/** What the shipped rules are called in Dutch; rules that people write keep the name they were given. */
const DUTCH: Readonly<Record<string, readonly [english: string, dutch: string]>> = {
  'component-down': ['A part of the platform is down', 'Een onderdeel van het platform is uitgevallen'],
  'component-degraded': [
    'A part of the platform runs on its fallback',
    'Een onderdeel van het platform draait in noodbedrijf',
  ],
  errors: ['Failed requests above 1%', 'Meer dan 1% mislukte verzoeken'],
  'slow-requests': ['p95 of requests above 1 s', 'p95 van verzoeken boven 1 s'],
  'slower-than-usual': [
    'Requests take three times as long as in the hour before',
    'Verzoeken duren drie keer zo lang als in het uur ervoor',
  ],
  'failed-queries': ['Failed statements above 5%', 'Meer dan 5% mislukte query’s'],
  'slow-queries': ['p95 of statements above 500 ms', 'p95 van query’s boven 500 ms'],
  'pool-waiting': ['Statements wait for a connection', 'Query’s wachten op een verbinding'],
  'pool-exhausted': ['More than 50 callers wait for a connection', 'Meer dan 50 aanvragers wachten op een verbinding'],
  'cold-cache': [
    'The cache answers half as often as in the hour before',
    'De cache antwoordt half zo vaak als in het uur ervoor',
  ],
  'loop-delay': ['Event loop blocked for more than 250 ms', 'Event-loop langer dan 250 ms geblokkeerd'],
  'loop-saturated': ['Event loop busy for more than 95% of the time', 'Event-loop meer dan 95% van de tijd bezet'],
  'heap-growth': [
    'The heap has grown by more than 16 MiB a minute for half an hour',
    'De heap groeit al een half uur met meer dan 16 MiB per minuut',
  ],
  'shed-load': ['Requests are refused because of overload', 'Verzoeken worden geweigerd wegens drukte'],
  'scan-backlog': ['More than 10,000 chunks wait to be scanned', 'Meer dan 10.000 delen wachten op een scan'],
  unobserved: ['Nothing is measured any more', 'Er wordt niets meer gemeten'],
};

/** The name of a rule in both languages; one that people have changed is the same in both. */
export function ruleNames({ id, name }: { readonly id: string; readonly name: string }): LocalText {
  const known = DUTCH[id];
  return { en: name, nl: known?.[0] === name ? known[1] : name };
}

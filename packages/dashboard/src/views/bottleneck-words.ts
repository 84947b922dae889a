import type { LocalText } from '@dataguardian/advisor';
import type { BottleneckRule } from '@dataguardian/profiler';

/** What a bottleneck is called, and the page that has its evidence. */
export interface BottleneckWords extends LocalText {
  readonly page: '/requests' | '/database' | '/cache' | '/sessions' | '/profiler';
}

const words = (page: BottleneckWords['page'], en: string, nl: string): BottleneckWords => ({ page, en, nl });

/** Every rule of the profiler. */
export const BOTTLENECK_WORDS: Readonly<Record<BottleneckRule, BottleneckWords>> = {
  anomaly: words('/profiler', 'Unusual for this hour', 'Ongewoon voor dit uur'),
  'blocked-event-loop': words('/profiler', 'The event loop is blocked', 'De event loop wordt geblokkeerd'),
  'cache-stampede': words('/cache', 'Many load the same value at once', 'Velen laden tegelijk dezelfde waarde'),
  'catastrophic-regexp': words(
    '/profiler',
    'A regular expression takes very long',
    'Een reguliere expressie duurt erg lang',
  ),
  'chatty-redis': words('/cache', 'Many small calls to Redis', 'Veel kleine aanroepen naar Redis'),
  'dominant-user': words('/sessions', 'One user takes most of the time', 'Eén gebruiker neemt de meeste tijd'),
  'gc-pressure': words('/profiler', 'Garbage collection takes much time', 'Geheugenopruiming kost veel tijd'),
  'hot-line': words('/profiler', 'One line takes much processor time', 'Eén regel kost veel rekentijd'),
  'huge-json': words('/profiler', 'Large JSON blocks the event loop', 'Grote JSON blokkeert de event loop'),
  'large-response': words('/requests', 'Answers are very large', 'Antwoorden zijn erg groot'),
  'listener-leak': words(
    '/profiler',
    'Listeners are added and not removed',
    'Luisteraars worden toegevoegd en niet verwijderd',
  ),
  'lock-contention': words('/database', 'Statements wait for locks', 'Query’s wachten op vergrendelingen'),
  'low-hit-ratio': words('/cache', 'The cache seldom answers', 'De cache antwoordt zelden'),
  'memory-leak': words('/profiler', 'Memory grows and is not freed', 'Geheugen groeit en komt niet vrij'),
  'missing-index': words('/database', 'An index is missing', 'Er ontbreekt een index'),
  'n-plus-one': words('/database', 'The same statement for each row', 'Dezelfde query voor elke rij'),
  'oversized-value': words('/cache', 'Values in the cache are very large', 'Waarden in de cache zijn erg groot'),
  'pool-leak': words('/database', 'A connection is not given back', 'Een verbinding wordt niet teruggegeven'),
  'pool-starvation': words('/database', 'The pool has too few connections', 'De pool heeft te weinig verbindingen'),
  regression: words('/requests', 'Slower since a release', 'Trager sinds een release'),
  'retry-storm': words('/requests', 'Failures are tried again too often', 'Fouten worden te vaak opnieuw geprobeerd'),
  'serial-awaits': words(
    '/requests',
    'Waits one after the other that could overlap',
    'Wacht na elkaar wat tegelijk kan',
  ),
  'slow-route': words('/requests', 'A route is slow', 'Een route is traag'),
  'slow-statement': words('/database', 'A statement is slow', 'Een query is traag'),
  'sync-crypto': words('/profiler', 'Encryption blocks the event loop', 'Versleuteling blokkeert de event loop'),
  'sync-fs': words('/profiler', 'File access blocks the event loop', 'Bestandstoegang blokkeert de event loop'),
  'sync-zlib': words('/profiler', 'Compression blocks the event loop', 'Compressie blokkeert de event loop'),
  'thread-pool-starvation': words(
    '/profiler',
    'Too few threads for files and encryption',
    'Te weinig threads voor bestanden en versleuteling',
  ),
  'unbounded-concurrency': words('/requests', 'Too much at once', 'Te veel tegelijk'),
};

/** What to do, by page. */
export const NEXT_STEPS: Readonly<Record<BottleneckWords['page'], LocalText>> = {
  '/requests': { en: 'Open the slowest requests and their traces.', nl: 'Open de traagste verzoeken en hun sporen.' },
  '/database': {
    en: 'Look at statements, plans and who holds connections.',
    nl: 'Bekijk query’s, plannen en wie verbindingen vasthoudt.',
  },
  '/cache': {
    en: 'Look at namespaces, and at what more memory would bring.',
    nl: 'Bekijk de naamruimten en wat meer geheugen oplevert.',
  },
  '/sessions': { en: 'See who uses what.', nl: 'Bekijk wie wat gebruikt.' },
  '/profiler': { en: 'Open the flame graph of that time.', nl: 'Open de vlamgrafiek van die tijd.' },
};

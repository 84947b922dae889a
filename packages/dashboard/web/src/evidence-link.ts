/** What a link to the evidence is made from. */
export interface EvidencePlace {
  /** The kind of change. */
  readonly kind: string;
  readonly evidence: Readonly<Record<string, number | string>>;
  /** When it was seen, epoch milliseconds. */
  readonly at: number;
}

/** Where the figures behind a kind of change are charted. */
const PAGES: Readonly<Record<string, string>> = {
  cache: '/cache',
  database: '/database',
  query: '/requests',
  sessions: '/sessions',
};
const BEFORE_MS = 15 * 60_000;
const AFTER_MS = 60_000;

/** The page and its parameters: the time in which it was seen, the statement with its plan, the route. */
export function evidenceLink({ kind, evidence, at }: EvidencePlace): {
  readonly page: string;
  readonly search: string;
} {
  const [area = ''] = kind.split('.');
  const { fingerprint, route } = evidence;
  const page = PAGES[area] ?? '/profiler';
  const parameters = new URLSearchParams({
    from: String(Math.round(at - BEFORE_MS)),
    to: String(Math.round(at + AFTER_MS)),
  });
  if (page === '/database' && typeof fingerprint === 'string') parameters.set('plan', fingerprint);
  if ((page === '/requests' || page === '/profiler') && typeof route === 'string') parameters.set('route', route);
  return { page, search: `?${parameters.toString()}` };
}

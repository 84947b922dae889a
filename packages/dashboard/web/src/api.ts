/** The parts of `GET /api/performance/snapshot` that the page shows. */
export interface Snapshot {
  readonly health: Readonly<Record<string, { readonly status: 'up' | 'degraded' | 'down'; readonly detail: string }>>;
  readonly routes: readonly Ranked[];
  readonly statements: readonly Ranked[];
  readonly bottlenecks: readonly Bottleneck[];
}

export interface Ranked {
  readonly name: string;
  readonly count: number;
  readonly errorCount: number;
  readonly totalMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export interface Bottleneck {
  readonly rule: string;
  readonly subject: string;
  readonly severity: 'low' | 'medium' | 'high';
  readonly evidence: Readonly<Record<string, number>>;
}

export interface Alert {
  readonly name: string;
  readonly severity: string;
  readonly firedAt: number;
  readonly endedAt: number | null;
}

type LocalText = Readonly<Record<'en' | 'nl', string>>;

export interface Recommendation {
  readonly id: string;
  readonly state: string;
  readonly proposal: { readonly title: LocalText; readonly explanation: LocalText };
  readonly proof: { readonly before: number; readonly after: number; readonly description: LocalText };
}

export interface Tick {
  readonly at: number;
  readonly values: readonly (number | null)[];
}

const API = '/api/performance';

/** Reads one endpoint. @throws Error with the status when it does not answer 2xx. */
export async function read<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`${API}/${path}`, { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as Answer;
}

/** Acts on a recommendation. */
export async function act(id: string, verb: 'apply' | 'revert' | 'dismiss'): Promise<void> {
  const response = await fetch(`${API}/recommendations/${id}/${verb}`, { method: 'POST' });
  if (!response.ok) throw new Error(`${verb}: ${response.status}`);
}

/** Follows the stream; reconnects by itself. */
export function follow(listener: {
  readonly onNames: (names: readonly string[]) => void;
  readonly onBacklog: (ticks: readonly Tick[]) => void;
  readonly onTick: (tick: Tick) => void;
  readonly onStatus: (isLive: boolean) => void;
}): void {
  const source = new EventSource(`${API}/stream`);
  source.addEventListener('open', () => listener.onStatus(true));
  source.addEventListener('error', () => listener.onStatus(false));
  source.addEventListener('names', (event) => listener.onNames(JSON.parse(event.data) as string[]));
  source.addEventListener('backlog', (event) => listener.onBacklog(JSON.parse(event.data) as Tick[]));
  source.addEventListener('tick', (event) => listener.onTick(JSON.parse(event.data) as Tick));
}

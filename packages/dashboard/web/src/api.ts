import type { Answer, PerformanceApi } from '../../src/api.ts';

export type { Answer } from '../../src/api.ts';

const API = '/api/performance';

/** What the server said instead of an answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly hint: string;
  /** Where the host takes a proof of who is signed in, which it wants first; empty when that is not the matter. */
  readonly confirmAt: string;

  constructor(
    status: number,
    message: string,
    { hint, confirmAt }: { readonly hint: string; readonly confirmAt: string },
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.hint = hint;
    this.confirmAt = confirmAt;
  }
}

type ReadEndpoint = Extract<keyof PerformanceApi, `GET ${string}`>;
type Query = Readonly<Record<string, string | number | undefined>>;

/** Reads one endpoint; `:names` in its path are replaced from `parameters`. @throws ApiError */
export function read<Endpoint extends ReadEndpoint>(
  endpoint: Endpoint,
  query: Query = {},
  parameters: Readonly<Record<string, string>> = {},
): Promise<Answer<Endpoint>> {
  return send('GET', toPath(endpoint.slice('GET '.length), query, parameters)) as Promise<Answer<Endpoint>>;
}

/** Changes something. @throws ApiError */
export function change(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
  return send(method, path, body);
}

function toPath(path: string, query: Query, parameters: Readonly<Record<string, string>>): string {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? filled : `${filled}?${search.toString()}`;
}

/** A path of this origin and nothing else. */
const OWN_PATH = /^\/(?!\/)/;

async function send(method: string, path: string, body?: unknown): Promise<unknown> {
  try {
    return await sendOnce(method, path, body);
  } catch (error) {
    if (!(error instanceof ApiError) || !OWN_PATH.test(error.confirmAt)) throw error;
    // Fetched when the host first wants to know again who this is.
    const { prove } = await import('./prove.ts');
    if (!(await prove(error.confirmAt))) throw error;
    return sendOnce(method, path, body);
  }
}

async function sendOnce(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(API + path, {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined;
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const said = typeof answer === 'object' && answer !== null ? answer : {};
  const text = (name: string): string => {
    const value: unknown = Reflect.get(said, name);
    return typeof value === 'string' ? value : '';
  };
  throw new ApiError(response.status, text('detail') || text('message') || String(response.status), {
    hint: text('hint'),
    confirmAt: response.status === 403 ? text('confirmAt') : '',
  });
}

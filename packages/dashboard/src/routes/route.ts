import { DashboardError } from '../errors.ts';

/** A request, whatever server it came through. */
export interface RouteInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Who asks, for the audit. */
  readonly by: string;
}

/** A file to be saved. */
export interface RouteFile {
  readonly file: Uint8Array;
  readonly type: string;
  readonly name: string;
}

/** An answer: a value becomes JSON, a file is sent as it is, `undefined` is 204. */
export type RouteOutput = RouteFile | object | undefined;

/** One endpoint of the dashboard's API. */
export interface DashboardRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly handle: (input: RouteInput) => Promise<RouteOutput> | RouteOutput;
}

/** Where every endpoint is. */
export const API = '/api/performance';

/** `'GET /overview'` and its handler as a route. */
export function toRoute(endpoint: string, summary: string, handle: DashboardRoute['handle']): DashboardRoute {
  const [method = 'GET', path = ''] = endpoint.split(' ');
  // The caller writes one of the four; a route with another would not be mounted at all.
  return { method: method as DashboardRoute['method'], path: `${API}${path}`, summary, handle };
}

/** Whether the answer is a file. */
export function isFile(output: object): output is RouteFile {
  return 'file' in output && 'type' in output && 'name' in output;
}

/** @throws DashboardError DASHBOARD_BAD_REQUEST unless it is a number, 0 or more */
export function toNumber(query: RouteInput['query'], name: string, fallback: number): number {
  const text = query[name];
  if (text === undefined || text === '') return fallback;
  const number = Number(text);
  if (!Number.isFinite(number) || number < 0)
    throw new DashboardError('DASHBOARD_BAD_REQUEST', `"${name}" must be a number, 0 or more.`);
  return number;
}

/** `from` and `to` of a query. @throws DashboardError DASHBOARD_BAD_REQUEST */
export function toRange(
  query: RouteInput['query'],
  now: number,
  defaultMs: number,
): { readonly from: number; readonly to: number } {
  const to = toNumber(query, 'to', now + 1);
  const from = toNumber(query, 'from', Math.max(0, to - defaultMs));
  if (from >= to) throw new DashboardError('DASHBOARD_BAD_REQUEST', '"from" must be before "to".');
  return { from, to };
}

/** A list as the API gives it. */
export function toItems<Item>(items: readonly Item[]): { readonly items: readonly Item[] } {
  return { items };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dashboard } from '../dashboard.ts';
import { DashboardError } from '../errors.ts';
import { API, isFile, type DashboardRoute, type RouteOutput } from '../routes/route.ts';
import { PAGES_PATH, STREAM_PATH } from './paths.ts';

/** How the dashboard is mounted without Fastify. */
export interface HandlerMount {
  /** Names the administrator who asks, or `undefined` for everybody else, who then sees 404. */
  readonly guard: (request: IncomingMessage) => string | undefined | Promise<string | undefined>;
  /** Largest body that is read. @defaultValue 65_536 */
  readonly maxBodyBytes?: number;
}

/**
 * A handler for `node:http`, Express and everything shaped like them. With `next` it passes on what is not the
 * dashboard's, and everything of a stranger; without, it answers 404 itself.
 */
export type DashboardRequestHandler = (
  request: IncomingMessage & { readonly originalUrl?: string; readonly body?: unknown },
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

const MAX_BODY_BYTES = 65_536;

/** The dashboard as a plain handler. Mount it at the root of the host: its paths are absolute. */
export function createRequestHandler(dashboard: Dashboard, mount: HandlerMount): DashboardRequestHandler {
  const routes = dashboard.routes.map((route) => ({ route, segments: route.path.split('/') }));
  const maxBytes = mount.maxBodyBytes ?? MAX_BODY_BYTES;

  const answer = async (...[request, response, next]: Parameters<DashboardRequestHandler>): Promise<void> => {
    const url = new URL(request.originalUrl ?? request.url ?? '/', 'http://localhost');
    const path = url.pathname;
    const isOurs = path.startsWith(`${API}/`) || path === PAGES_PATH || path.startsWith(`${PAGES_PATH}/`);
    const pass = (): void => (next === undefined ? sendNotFound(response) : next());
    const by = isOurs ? await mount.guard(request) : undefined;
    if (by === undefined) {
      pass();
      return;
    }
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (isReading && path === STREAM_PATH) {
      dashboard.stream(request, response, async () => (await mount.guard(request)) !== undefined);
      return;
    }
    if (isReading && !path.startsWith(`${API}/`)) {
      dashboard.page(request, response, path.slice(PAGES_PATH.length));
      return;
    }
    const found = findRoute(routes, request.method === 'HEAD' ? 'GET' : request.method, path);
    if (found === undefined) {
      sendNotFound(response);
      return;
    }
    const body = isReading ? undefined : (request.body ?? (await readBody(request, maxBytes)));
    const query = Object.fromEntries(url.searchParams);
    send(response, await found.route.handle({ params: found.params, query, body, by }));
  };

  const fail = (error: unknown, response: ServerResponse, pass: ((error: unknown) => void) | undefined): void => {
    if (response.headersSent) response.destroy();
    else if (isOwnError(error)) sendProblem(response, error);
    else if (pass === undefined) sendProblem(response, UNEXPECTED);
    else pass(error);
  };

  return (request, response, next) => {
    void answer(request, response, next).catch((error: unknown) => fail(error, response, next));
  };
}

interface OwnError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly statusCode: number;
}

const UNEXPECTED: OwnError = {
  code: 'INTERNAL',
  message: 'The request failed.',
  hint: 'Read the log of the server.',
  statusCode: 500,
};

/** Errors of this package and of the advisor carry what to answer. */
function isOwnError(error: unknown): error is OwnError {
  return error instanceof Error && 'statusCode' in error && 'hint' in error && 'code' in error;
}

function findRoute(
  routes: readonly { readonly route: DashboardRoute; readonly segments: readonly string[] }[],
  method: string | undefined,
  path: string,
): { readonly route: DashboardRoute; readonly params: Readonly<Record<string, string>> } | undefined {
  const given = path.split('/');
  let best: { route: DashboardRoute; params: Record<string, string> } | undefined;
  for (const { route, segments } of routes) {
    if (route.method !== method || segments.length !== given.length) continue;
    const params: Record<string, string> = {};
    const fits = segments.every((segment, index) => {
      const value = given[index] ?? '';
      if (!segment.startsWith(':')) return segment === value;
      params[segment.slice(1)] = decode(value);
      return value !== '';
    });
    // A path without parameters is the more exact one: `/recommendations/ledger` is no id.
    if (fits && (best === undefined || Object.keys(params).length < Object.keys(best.params).length))
      best = { route, params };
  }
  return best;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DashboardError('DASHBOARD_BAD_REQUEST', 'The address is not encoded correctly.');
  }
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > maxBytes)
      throw new DashboardError('DASHBOARD_BAD_REQUEST', `The body is larger than ${maxBytes} bytes.`);
    chunks.push(bytes);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new DashboardError('DASHBOARD_BAD_REQUEST', 'The body is not JSON.');
  }
}

function send(response: ServerResponse, output: RouteOutput): void {
  if (output === undefined) {
    response.writeHead(204, { 'cache-control': 'no-store' }).end();
  } else if (isFile(output)) {
    const disposition = `attachment; filename="${output.name}"`;
    response.writeHead(200, {
      'content-type': output.type,
      'content-disposition': disposition,
      'cache-control': 'no-store',
    });
    response.end(output.file);
  } else {
    sendJson(response, 200, output);
  }
}

function sendProblem(response: ServerResponse, { code, message, hint, statusCode }: OwnError): void {
  sendJson(response, statusCode, { code, message, hint });
}

function sendNotFound(response: ServerResponse): void {
  sendJson(response, 404, { code: 'NOT_FOUND', message: 'Not found', hint: 'Check the address.' });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

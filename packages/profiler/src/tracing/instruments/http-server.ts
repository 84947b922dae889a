import { IncomingMessage, ServerResponse } from 'node:http';
import { requests } from '@dataguardian/telemetry';
import type { Pseudonymise } from '../../sampling/labels.ts';
import type { OpenTrace } from '../trace.ts';
import { subscribeTo, type Instrument } from './instrument.ts';

/**
 * Opens a trace for each request that a `node:http` server receives. Route and user come from the request event of the
 * server, if it publishes one; otherwise a request is published here, with the first part of its path as its route,
 * because later parts may name a person.
 */
export function instrumentHttpServer(pseudonymise: Pseudonymise): Instrument {
  return (context) => {
    const { tracer, clock, onFailure } = context;
    const reporting = new WeakSet<object>();
    const servers = new WeakMap<OpenTrace, object>();

    const close = (trace: OpenTrace, request: IncomingMessage, response: ServerResponse, bytes: number): void => {
      const server = servers.get(trace);
      trace.bytes = Math.max(trace.bytes, bytes);
      trace.statusCode ??= response.statusCode;
      trace.failed ||= response.statusCode >= 500;
      trace.mediaType = String(response.getHeader('content-type') ?? '').split(';', 1)[0] ?? '';
      const isStream = trace.mediaType === 'text/event-stream';
      if (!trace.isReported && !isStream && (server === undefined || !reporting.has(server))) {
        trace.isReported = true;
        requests.publish({
          requestId: trace.id,
          method: request.method ?? 'GET',
          route: toCoarseRoute(request.url),
          statusCode: response.statusCode,
          durationMs: clock.monotonic() - trace.begunAt,
          bytes,
          userId: undefined,
          organisationId: undefined,
        });
      }
      tracer.finish(trace);
    };

    const endChannels = subscribeTo(context, {
      'http.server.request.start': ({ request, response, server }) => {
        if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse)) return;
        const trace = tracer.enter(`${request.method ?? 'GET'} ${toCoarseRoute(request.url)}`);
        if (typeof server === 'object' && server !== null) servers.set(trace, server);
        const { socket } = request;
        const writtenBefore = socket.bytesWritten;
        response.once('close', () => {
          try {
            close(trace, request, response, Math.max(0, socket.bytesWritten - writtenBefore));
          } catch (error) {
            onFailure(error);
          }
        });
      },
      'tracing:fastify.request.handler:start': ({ route }) => {
        const trace = tracer.current();
        if (trace === undefined || !isRoute(route)) return;
        trace.name = `${route.method} ${route.url}`;
        trace.labels = { ...trace.labels, route: trace.name };
      },
    });

    const endRequests = requests.subscribe((event) => {
      const trace = tracer.current();
      if (trace === undefined || trace.kind !== 'request' || trace.isReported) return;
      const server = servers.get(trace);
      if (server !== undefined) reporting.add(server);
      trace.isReported = true;
      trace.id = event.requestId;
      trace.name = `${event.method} ${event.route}`;
      trace.statusCode = event.statusCode;
      trace.failed = event.statusCode >= 500;
      trace.bytes = event.bytes;
      trace.labels = {
        ...trace.labels,
        route: trace.name,
        ...(event.userId === undefined ? {} : { user: pseudonymise(event.userId) }),
        ...(event.organisationId === undefined ? {} : { organisation: pseudonymise(event.organisationId) }),
      };
    });

    return () => {
      endChannels();
      endRequests();
    };
  };
}

function isRoute(route: unknown): route is { readonly method: string; readonly url: string } {
  return (
    typeof route === 'object' &&
    route !== null &&
    'url' in route &&
    typeof route.url === 'string' &&
    'method' in route &&
    typeof route.method === 'string'
  );
}

/** `/orders/*` for `/orders/17?x=1`: the first part alone, and only when it reads like a word of a programmer. */
export function toCoarseRoute(url: string | undefined): string {
  const [, first = '', ...rest] = (url ?? '/').split(/[?#]/, 1)[0]?.split('/') ?? [];
  const shown = /^[A-Za-z][\w.-]{0,40}$/.test(first) && !/\d{3}/.test(first) ? first : first === '' ? '' : '*';
  return rest.length > 0 ? `/${shown}/*` : `/${shown}`;
}

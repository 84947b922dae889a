import { IncomingMessage, ServerResponse } from 'node:http';
import { requests, type RequestEvent } from '@dataguardian/telemetry';
import { nameRoute, toCoarseRoute } from '../../route-names.ts';
import type { Pseudonymise } from '../../sampling/labels.ts';
import type { TraceBudget } from '../trace-budget.ts';
import { relabel, type OpenTrace } from '../trace.ts';
import { subscribeTo, type Instrument } from './instrument.ts';

/** What is known of a server. */
interface Tally {
  /** Whether it publishes its requests itself. */
  tellsItself: boolean;
  /** Requests that were not traced, and that no event has told of yet. */
  untold: number;
}

/** What it needs. */
export interface HttpServerOptions {
  readonly pseudonymise: Pseudonymise;
  readonly budget: TraceBudget;
}

/**
 * Opens a trace for each request that a `node:http` server receives. Route and user come from the request event of the
 * server, if it publishes one; otherwise a request is published here. Its route is the pattern that Fastify or Express
 * found for it, else the first part of its path, because later parts may name a person. What is beyond
 * the budget of traces is only counted: the event of the next request that is traced stands for it.
 */
export function instrumentHttpServer({ pseudonymise, budget }: HttpServerOptions): Instrument {
  return (context) => {
    const { tracer, onFailure } = context;
    const tallies = new WeakMap<object, Tally>();
    let latest: { readonly server: object; readonly tally: Tally } | undefined;

    const tallyOf = (server: object): Tally => {
      let tally = tallies.get(server);
      if (tally === undefined) {
        tally = { tellsItself: false, untold: 0 };
        tallies.set(server, tally);
      }
      return tally;
    };

    /** Notes a request that is not traced. Most programs have one server. */
    const pass = (server: unknown): void => {
      if (latest === undefined || latest.server !== server) {
        if (typeof server !== 'object' || server === null) return;
        latest = { server, tally: tallyOf(server) };
      }
      latest.tally.untold += 1;
      tracer.pass();
    };

    let isReporting = false;

    const report = (trace: OpenTrace): void => {
      const { id, method, pattern, coarseRoute, statusCode = 0, durationMs = 0, bytes, standsFor } = trace;
      const route = pattern ?? coarseRoute;
      nameTrace(trace, nameRoute(method, route));
      isReporting = true;
      requests.publish({
        requestId: id,
        method,
        route,
        statusCode,
        durationMs,
        bytes,
        userId: undefined,
        organisationId: undefined,
        standsFor,
      });
      isReporting = false;
    };

    /** Reads what is gone or changed later; the rest has time. */
    const close = (trace: OpenTrace, response: ServerResponse): void => {
      const request: IncomingMessage = response.req;
      const { server } = trace;
      trace.bytes = Math.max(trace.bytes, request.socket.bytesWritten - trace.writtenBefore);
      trace.statusCode ??= response.statusCode;
      trace.failed ||= response.statusCode >= 500;
      trace.mediaType = mediaTypeOf(response.getHeader('content-type'));
      const isStream = trace.mediaType === 'text/event-stream';
      const tally = server === undefined ? undefined : tallies.get(server);
      if (!trace.isReported && !isStream && tally?.tellsItself !== true) {
        trace.isReported = true;
        if (tally !== undefined) {
          trace.standsFor += tally.untold;
          tally.untold = 0;
        }
        trace.pattern ??= patternOf(request);
        trace.report = report;
      }
      // A kept trace is printed as JSON; a server is none.
      trace.server = undefined;
      tracer.finish(trace);
    };

    const endChannels = subscribeTo(context, {
      'http.server.request.start': ({ request, response, server }) => {
        if (!budget.admits()) {
          pass(server);
          return;
        }
        if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse)) return;
        const { method = 'GET', url } = request;
        const coarseRoute = toCoarseRoute(url);
        const trace = tracer.enter(nameRoute(method, coarseRoute));
        trace.method = method;
        trace.coarseRoute = coarseRoute;
        if (typeof server === 'object' && server !== null) trace.server = server;
        trace.writtenBefore = request.socket.bytesWritten;
        // No property of its own: answers of two shapes would make Node's code slower for those that are not traced.
        response.on('close', () => {
          try {
            close(trace, response);
          } catch (error) {
            onFailure(error);
          }
        });
      },
      'tracing:fastify.request.handler:start': ({ route }) => {
        const trace = tracer.current();
        if (trace === undefined || !isRoute(route)) return;
        trace.pattern = route.url;
        nameTrace(trace, nameRoute(route.method, route.url));
      },
    });

    const noteReported = (event: RequestEvent): void => {
      if (isReporting) return;
      const trace = tracer.current();
      if (trace === undefined || trace.kind !== 'request' || trace.isReported) return;
      if (trace.server !== undefined) tallyOf(trace.server).tellsItself = true;
      trace.isReported = true;
      trace.id = event.requestId;
      trace.name = nameRoute(event.method, event.route);
      trace.statusCode = event.statusCode;
      trace.failed = event.statusCode >= 500;
      trace.bytes = event.bytes;
      relabel(trace, {
        ...trace.labels,
        route: trace.name,
        ...(event.userId === undefined ? {} : { user: pseudonymise(event.userId) }),
        ...(event.organisationId === undefined ? {} : { organisation: pseudonymise(event.organisationId) }),
      });
    };
    const endRequests = requests.subscribe(noteReported);

    return () => {
      endChannels();
      endRequests();
    };
  };
}

function nameTrace(trace: OpenTrace, name: string): void {
  if (trace.name === name) return;
  trace.name = name;
  relabel(trace, { ...trace.labels, route: name });
}

/** The route as Express was told it, which leaves it on the request. */
function patternOf(request: object): string | undefined {
  if (!('route' in request)) return undefined;
  const { route } = request;
  if (typeof route !== 'object' || route === null || !('path' in route) || typeof route.path !== 'string')
    return undefined;
  // Where a router is mounted the request carries the path itself, in which a parameter may name a person.
  const base = 'baseUrl' in request && typeof request.baseUrl === 'string' ? request.baseUrl : '';
  return base === '' ? route.path : `${toCoarseRoute(base)}${route.path === '/' ? '' : route.path}`;
}

function mediaTypeOf(header: unknown): string {
  if (typeof header !== 'string') return '';
  const end = header.indexOf(';');
  return end === -1 ? header : header.slice(0, end);
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

import { ClientRequest, IncomingMessage } from 'node:http';
import type { OpenTrace } from '../trace.ts';
import { toSite } from '../call-site.ts';
import { subscribeTo, type Instrument, type InstrumentContext } from './instrument.ts';

interface Outgoing {
  readonly begunAt: number;
  readonly name: string;
  readonly trace: OpenTrace | undefined;
  /** Where it was asked for and from where that was called. */
  readonly trail: readonly string[];
  statusCode: number;
}

/** A status that asks to come back later, or that says the other side failed. */
const isFailure = (statusCode: number): boolean => statusCode >= 500 || statusCode === 429;

/** Watches requests that leave the process: `fetch` and undici, and `node:http` clients. Hosts are named, paths never. */
export const instrumentOutgoing: Instrument = (context) => {
  const pending = new WeakMap<object, Outgoing>();
  const begin = (key: object, name: string): void => {
    const { clock, tracer, sites } = context;
    const trace = tracer.current();
    // The third request to a host is the third again next time: its stack is looked at once, not at each request.
    const place = trace === undefined ? '' : `${trace.name}\n${trace.outgoingCount++}`;
    const trail = sites.trail(`${place}\n${name}`);
    pending.set(key, { begunAt: clock.monotonic(), name, trace, trail, statusCode: 0 });
  };
  const end = (key: object, failed: boolean): void => finish(context, pending, { key, failed });
  return subscribeTo(context, {
    'undici:request:create': ({ request }) => {
      if (isObject(request)) begin(request, `${text(request, 'method')} ${hostOf(text(request, 'origin'))}`);
    },
    'undici:request:headers': ({ request, response }) => {
      if (!isObject(request) || !isObject(response)) return;
      const outgoing = pending.get(request);
      if (outgoing !== undefined && 'statusCode' in response) outgoing.statusCode = Number(response.statusCode);
    },
    'undici:request:trailers': ({ request }) => {
      if (isObject(request)) end(request, false);
    },
    'undici:request:error': ({ request }) => {
      if (isObject(request)) end(request, true);
    },
    // The request is created where it is asked for; it starts once it has a socket, in nobody's turn.
    'http.client.request.created': ({ request }) => {
      if (request instanceof ClientRequest) begin(request, nameOf(request));
    },
    // Node 22 before 22.12 tells only the start.
    'http.client.request.start': ({ request }) => {
      if (request instanceof ClientRequest && !pending.has(request)) begin(request, nameOf(request));
    },
    'http.client.response.finish': ({ request, response }) => {
      if (!(request instanceof ClientRequest)) return;
      const outgoing = pending.get(request);
      if (outgoing !== undefined && response instanceof IncomingMessage) outgoing.statusCode = response.statusCode ?? 0;
      end(request, false);
    },
    'http.client.request.error': ({ request }) => {
      if (request instanceof ClientRequest) end(request, true);
    },
  });
};

function finish(
  { clock, tracer }: InstrumentContext,
  pending: WeakMap<object, Outgoing>,
  { key, failed }: { readonly key: object; readonly failed: boolean },
): void {
  const outgoing = pending.get(key);
  if (outgoing === undefined) return;
  pending.delete(key);
  const { begunAt, name, trace, trail, statusCode } = outgoing;
  tracer.record(
    {
      kind: 'fetch',
      name,
      begunAt,
      durationMs: clock.monotonic() - begunAt,
      failed: failed || isFailure(statusCode),
      statusCode,
      ...toSite(trail),
    },
    trace,
  );
}

function nameOf(request: ClientRequest): string {
  return `${request.method} ${String(request.getHeader('host') ?? '')}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function text(value: object, name: string): string {
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'string' ? field : field instanceof URL ? field.href : '';
}

function hostOf(origin: string): string {
  return origin.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createProfiler, type Profiler } from '@dataguardian/profiler';
import { requests, systemClock } from '@dataguardian/telemetry';
import { until } from '@dataguardian/testing';
import express from 'express';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';

it('follows requests of a plain server, hashes who asks, and leaves event streams out of what is slow', async () => {
  const profiler = createProfiler();
  profiler.start();
  const server = createServer((request, response) => {
    profiler.label({ userId: 'anna@example.org' });
    response.setHeader('content-type', request.url === '/events' ? 'text/event-stream' : 'text/plain');
    setTimeout(() => response.end('done'), request.url === '/events' ? 300 : 5);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening server has an address with a port.
  const { port } = server.address() as AddressInfo;
  for (const path of ['/orders/17', '/events', '/orders/18'])
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  await until(() => profiler.traces().length === 2);
  const traces = profiler.traces();
  const { routes } = profiler.snapshot();
  profiler.stop();
  server.close();
  server.closeAllConnections();
  expect(traces.map(({ name, statusCode }) => [name, statusCode])).toEqual([
    ['GET /orders/*', 200],
    ['GET /orders/*', 200],
  ]);
  expect(traces[0]?.labels.user).toMatch(/^[0-9a-f]{12}$/);
  expect(routes.map(({ name, count }) => [name, count])).toEqual([['GET /orders/*', 2]]);
  expect(JSON.stringify([traces, routes])).not.toMatch(/anna|orders.{1,3}17/);
});

it('names requests by the pattern that Express or Fastify found, and never by what stands in its place', async () => {
  const profiler = createProfiler();
  profiler.start();
  const app = express();
  const orders = express.Router();
  orders.get('/orders/:order', (_request, response) => void response.send('order'));
  app.use('/customers/:name', orders);
  app.get('/about', (_request, response) => void response.send('about'));
  const listening = app.listen(0);
  const fastify = Fastify();
  fastify.get('/people/:name/orders', async () => 'orders');
  const fastifyAddress = await fastify.listen({ port: 0 });
  // A listening server has an address with a port.
  const { port } = listening.address() as AddressInfo;
  for (const address of [
    `http://127.0.0.1:${port}/customers/anna/orders/17`,
    `http://127.0.0.1:${port}/about`,
    `${fastifyAddress}/people/anna/orders`,
  ])
    await (await fetch(address)).text();
  await until(() => profiler.traces().length === 3);
  const traces = profiler.traces();
  const { routes } = profiler.snapshot();
  profiler.stop();
  listening.close();
  listening.closeAllConnections();
  await fastify.close();
  const expected = ['GET /about', 'GET /customers/*/orders/:order', 'GET /people/:name/orders'];
  expect(traces.map(({ name }) => name).toSorted()).toEqual(expected);
  expect(traces.map(({ labels }) => labels.route).toSorted()).toEqual(expected);
  expect(routes.map(({ name }) => name).toSorted()).toEqual(expected);
  expect(JSON.stringify([traces, routes])).not.toContain('anna');
});

describe('more requests than are traced', () => {
  /** A profiler that traces ten at first and one a second; its clock hardly moves unless it is set forward. */
  const createBusy = (): { profiler: Profiler; pass: (ms: number) => Promise<void> } => {
    let passedMs = 0;
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() / 1_000 + passedMs };
    return {
      profiler: createProfiler({ clock, mostTracesPerSecond: 1 }),
      pass(ms) {
        passedMs += ms;
        // After a beat of 60 ms: then the next request looks at the clock.
        return systemClock.sleep(200);
      },
    };
  };
  /** Asks for all paths of a group in one packet, which is what could make a request take the trace of another. */
  const serveEach = async (
    groups: readonly (readonly string[])[],
    pause: () => Promise<void>,
    listener: RequestListener,
  ) => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A listening server has an address with a port.
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').on('data', (part: string) => (received += part));
    let asked = 0;
    for (const paths of groups) {
      asked += paths.length;
      socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
      await until(() => received.split('HTTP/1.1 200').length - 1 === asked);
      await pause();
    }
    socket.destroy();
    server.close();
  };
  const thirty = Array.from({ length: 30 }, (_, index) => `/orders/${index}`);

  it('are counted whole: the next that is traced stands for those before it', async () => {
    const { profiler, pass } = createBusy();
    profiler.start();
    await serveEach(
      [thirty, ['/orders/last']],
      () => pass(1_500),
      (_request, response) => void response.end('done'),
    );
    await until(() => profiler.snapshot().routes[0]?.count === 31);
    expect(profiler.traces()).toHaveLength(11);
    profiler.stop();
  });

  it('have answers of one shape, traced or not: two would make the code of Node slower for all of them', async () => {
    const { profiler, pass } = createBusy();
    const properties: string[] = [];
    profiler.start();
    await serveEach(
      [thirty],
      () => pass(0),
      (_request, response) => {
        properties.push(Reflect.ownKeys(response).map(String).join(' '));
        response.end('done');
      },
    );
    expect(profiler.traces()).toHaveLength(10);
    expect(properties).toHaveLength(30);
    expect(new Set(properties).size).toBe(1);
    profiler.stop();
  });

  it('are each told of by a server that tells itself', async () => {
    const { profiler, pass } = createBusy();
    profiler.start();
    await serveEach(
      [thirty, ['/orders/last']],
      () => pass(1_500),
      (request, response) => {
        requests.publish({
          requestId: `r${request.url}`,
          method: 'GET',
          route: '/orders/:order',
          statusCode: 200,
          durationMs: 1,
          bytes: 4,
          userId: undefined,
          organisationId: undefined,
        });
        response.end('done');
      },
    );
    await until(() => profiler.traces().length === 11);
    expect(profiler.snapshot().routes.map(({ name, count }) => [name, count])).toEqual([['GET /orders/:order', 31]]);
    profiler.stop();
  });

  it('lend their users and their waits to no request that was traced before them', async () => {
    const { profiler } = createBusy();
    profiler.start();
    await serveEach(
      [thirty],
      () => Promise.resolve(),
      (request, response) => {
        if (Number(request.url?.split('/')[2]) >= 10) {
          profiler.label({ userId: 'anna' });
          profiler.time('late work', () => undefined);
        }
        response.end('done');
      },
    );
    await until(() => profiler.traces().length === 10);
    expect(profiler.traces().flatMap(({ labels, spans }) => [labels.user, ...spans])).toEqual(
      Array.from({ length: 10 }),
    );
    profiler.stop();
  });
});

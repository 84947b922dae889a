import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProfiler } from '@dataguardian/profiler';
import { until } from '@dataguardian/testing';
import express from 'express';
import Fastify from 'fastify';
import { expect, it } from 'vitest';

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

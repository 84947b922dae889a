// The dashboard in a server without Fastify: a plain handler, as Express takes it. Run: node examples/dashboard-express.ts
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdvisor } from '@dataguardian/advisor';
import { createDashboard, createRequestHandler } from '@dataguardian/dashboard';
import { createProfiler } from '@dataguardian/profiler';

const profiler = createProfiler();
profiler.start();
const advisor = createAdvisor({ rules: [], provers: [], actuators: [] });
const dashboard = createDashboard({ profiler, advisor });

// With Express: app.use(createRequestHandler(dashboard, { guard })).
const handler = createRequestHandler(dashboard, {
  guard: (request) => (request.headers['x-admin'] === 'yes' ? 'anna' : undefined),
});
const server = createServer((request, response) => handler(request, response));
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});

const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/performance/overview`;
const admin = await fetch(address, { headers: { 'x-admin': 'yes' } });
const stranger = await fetch(address);
console.log(`administrator: ${admin.status}, stranger: ${stranger.status}`);

server.closeAllConnections();
server.close();
await dashboard.close();
profiler.stop();

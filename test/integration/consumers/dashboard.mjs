import { createServer } from 'node:http';
import { createAdvisor } from '@dataguardian/advisor';
import { createDashboard, createRequestHandler } from '@dataguardian/dashboard';
import { createProfiler } from '@dataguardian/profiler';

const profiler = createProfiler();
const advisor = createAdvisor({ rules: [], provers: [], actuators: [] });
const dashboard = createDashboard({ profiler, advisor, health: () => ({}), sources: {} });
const handle = createRequestHandler(dashboard, {
  guard: (request) => (request.headers['x-admin'] === 'yes' ? 'anna' : undefined),
});
const server = createServer(handle).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const page = `http://127.0.0.1:${server.address().port}/admin/performance`;
const admitted = await fetch(page, { headers: { 'x-admin': 'yes' } });
const refused = await fetch(page);
process.stdout.write(
  JSON.stringify({
    admitted: admitted.status,
    isPage: (await admitted.text()).includes('<html'),
    refused: refused.status,
  }),
);
await dashboard.close();
server.closeAllConnections();
server.close();

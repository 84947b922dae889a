// All five modules, wired, in a Fastify server. Run: DATABASE_URL=postgresql://… node examples/performance.ts
import { createPerformance } from '@dataguardian/performance';
import fastify from 'fastify';

const performance = createPerformance({
  database: { connectionString: process.env['DATABASE_URL'] ?? 'postgresql://127.0.0.1:5432/postgres' },
  redisUrl: process.env['REDIS_URL'],
});
const answers = performance.cache.namespace<string>('answers', { ttlMs: 60_000 });

const app = fastify();
await app.register(performance.admissionPlugin({ userOf: (request) => request.ip }));
await app.register(performance.dashboardPlugin({ guard: ({ ip }) => (ip === '127.0.0.1' ? 'local' : undefined) }));
app.get('/hello', () =>
  answers.getOrSet('hello', async () => {
    const { rows } = await performance.database.query<{ hello: string }>(`select 'hello' as hello`);
    return rows[0]?.hello ?? '';
  }),
);

const hello = await app.inject({ url: '/hello' });
const overview = await app.inject({ url: '/api/performance/overview' });
console.log(`${hello.body}, dashboard: ${overview.statusCode}, database: ${performance.health().database.status}`);

await app.close();
await performance.close();

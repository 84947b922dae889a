import { createPerformance } from '@dataguardian/performance';

const performance = createPerformance({ database: { connectionString: process.env.DATABASE_URL, minConnections: 1 } });
const { rows } = await performance.database.query('select 1 as one');
const text = await performance.metrics();
const parts = Object.keys(performance.health()).toSorted();
await performance.close();
process.stdout.write(JSON.stringify({ rows, hasMetrics: text.includes('# TYPE'), parts }));

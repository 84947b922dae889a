import { createSessions, sessionsInstallSql, sizeForUsers } from '@dataguardian/sessions';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(sessionsInstallSql);
const sessions = createSessions({ database: pool });
const { token } = await sessions.start({
  userId: 'anna',
  organisationId: 'one',
  roles: ['admin'],
  device: { userAgent: 'a test', address: '127.0.0.1' },
});
const resumed = await sessions.resume(token);
await sessions.close();
await pool.end();
const sizes = sizeForUsers({ expectedUsers: 100, cores: 2, memoryBytes: 2 ** 32 });
process.stdout.write(JSON.stringify({ userId: resumed?.userId, sized: Object.keys(sizes).length > 0 }));

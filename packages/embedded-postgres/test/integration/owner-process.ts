// A process that owns a cluster until it is killed: prints a line when ready.
import { startEmbeddedPostgres } from '@dataguardian/embedded-postgres';

const dataDir = process.argv[2] ?? '';
await startEmbeddedPostgres({ dataDir, durability: 'none' });
process.stdout.write('ready\n');
setInterval(() => undefined, 1_000);

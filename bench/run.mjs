// npm run bench -- <area> [--json FILE] …: installs the rivals once (bench/ has a lock of its own), then runs the area.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const ENTRIES = {
  cache: 'cache.ts',
  'cache-conformance': 'cache-conformance.ts',
  scanner: 'scanner-detect.ts',
  platform: 'platform.ts',
  database: 'database.ts',
  'database-indexes': 'database-indexes.ts',
  'database-cache': 'database-cache.ts',
  'database-history': 'database-history.ts',
  'database-conformance': 'database-conformance.ts',
  'database-ecosystem': 'database-ecosystem.ts',
  sessions: 'sessions.ts',
  'sessions-conformance': 'sessions-conformance.ts',
  profiler: 'profiler.ts',
  'profiler-leak': 'profiler-leak.ts',
  advisor: 'advisor.ts',
  dashboard: 'dashboard.ts',
  'dashboard-server': 'dashboard-server.ts',
};
const [area, ...rest] = process.argv.slice(2);
const available = Object.keys(ENTRIES).filter((name) => readdirSync(folder).includes(ENTRIES[name]));

if (!available.includes(area)) {
  const reason =
    area === undefined ? 'Name an area' : area in ENTRIES ? `"${area}" has no benchmark yet` : `"${area}" is not known`;
  process.stderr.write(
    `${reason}. Available: ${available.join(', ')}.\nExample: npm run bench -- ${available[0]} --json result.json\n`,
  );
  process.exit(2);
}
if (
  !['platform', 'scanner', 'advisor', 'sessions-conformance', 'cache-conformance'].includes(area) &&
  !existsSync(join(folder, 'node_modules'))
) {
  process.stderr.write('Installing the rivals (once) ...\n');
  const npm = process.env.npm_execpath;
  const [command, prefix] = npm ? [process.execPath, [npm]] : ['npm', []];
  const { status } = spawnSync(command, [...prefix, 'ci', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
const { status } = spawnSync(process.execPath, ['--no-warnings', join(folder, ENTRIES[area]), ...rest], {
  stdio: 'inherit',
});
process.exit(status ?? 1);

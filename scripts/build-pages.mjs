// Builds the browser pages (app/web, packages/dashboard/web) when their sources changed since the last build.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const force = process.argv.includes('--force');

function digest(folder, hash) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) digest(path, hash);
    else hash.update(path.slice(root.length)).update(readFileSync(path));
  }
  return hash;
}

for (const web of ['app/web', 'packages/dashboard/web']) {
  const folder = join(root, web);
  if (!existsSync(join(folder, 'index.html'))) continue;
  const key = digest(folder, createHash('sha256'))
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(folder, 'dist', '.built');
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) continue;
  process.stderr.write(`Building the pages of ${web} (once) ...\n`);
  const { build } = await import('vite');
  await build({ root: folder, logLevel: 'warn' });
  writeFileSync(stamp, key);
}

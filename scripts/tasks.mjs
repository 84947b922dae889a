// The tasks behind `npm start`, `npm test` and the others. Runs on the Node that scripts/boot.mjs chose.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [task, ...args] = process.argv.slice(2);
const bin = (name) => join(root, 'node_modules', '.bin', name);

function run(command, commandArgs, options = {}) {
  const result = spawnSync(command, commandArgs, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

const node = (script, ...rest) => run(process.execPath, [join(root, script), ...rest]);
const vitest = (...rest) => run(bin('vitest'), ['run', ...rest, ...args]);
const buildPages = () => node('scripts/build-pages.mjs');

async function product(command, ...rest) {
  process.argv = [process.execPath, join(root, 'app', 'src', 'main.ts'), command, ...rest];
  await import(pathToFileURL(join(root, 'app', 'src', 'main.ts')).href);
}

const checks = {
  format: () => run(bin('oxfmt'), ['--check']),
  lint: () => run(bin('oxlint'), ['--type-aware', '--max-warnings', '0']),
  types: () => {
    run(bin('tsc'), ['-p', 'tsconfig.json']);
    for (const web of ['app/web', 'packages/dashboard/web'])
      if (existsSync(join(root, web, 'tsconfig.json'))) run(bin('tsc'), ['-p', join(web, 'tsconfig.json')]);
  },
  unused: () => run(bin('knip'), ['--no-progress']),
  architecture: () => run(bin('vitest'), ['run', '--project', 'unit', 'test/architecture.test.ts']),
};

const tasks = {
  start: async () => {
    buildPages();
    await product('start', ...args);
  },
  dataguardian: async () => {
    const [command = '--help', ...rest] = args;
    if (command === 'start') buildPages();
    await product(command, ...rest);
  },
  dev: async () => {
    buildPages();
    await product('start', ...args);
  },
  build: () => node('scripts/build-pages.mjs', '--force'),
  check: () => Object.values(checks).forEach((check) => check()),
  test: () => {
    buildPages();
    checks.types();
    vitest();
  },
  'test:unit': () => vitest('--project', 'unit'),
  'test:integration': () => vitest('--project', 'integration'),
  'test:e2e': () => {
    buildPages();
    vitest('--project', 'e2e');
  },
  pack: () => {
    buildPages();
    node('scripts/pack-packages.mjs', ...args);
  },
  bench: () => node('bench/run.mjs', ...args),
  'docs:check': () => vitest('--project', 'unit', 'test/docs.test.ts'),
  fix: () => {
    run(bin('oxfmt'), []);
    run(bin('oxlint'), ['--type-aware', '--fix']);
  },
};

const chosen = tasks[task];
if (!chosen) {
  process.stderr.write(`Unknown task "${task}". Known: ${Object.keys(tasks).join(', ')}.\n`);
  process.exit(2);
}
await chosen();

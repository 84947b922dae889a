// npm run bench -- cache-conformance [--json FILE]
// The public test suite for Keyv's stores (@keyv/test-suite, which cache-manager and others build on) over our store: in
// memory, in Redis, in both tiers, and while Redis is away. It brings a test runner of its own, so that it is installed
// below the temporary folder, at the versions named here, and nothing of it is kept.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { redisForTest } from '@dataguardian/testing';

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const PACKAGES = ['@keyv/test-suite@2.1.2', 'keyv@5.6.0', 'vitest@4.0.8'];

/** Where the store keeps its values: options of the cache, and of the namespace. */
const WAYS = {
  memory: "{}, { tiers: 'memory' }",
  redis: "{ redisUrl }, { tiers: 'redis' }",
  'both tiers': '{ redisUrl }, {}',
  'both tiers, Redis away': "{ redisUrl: 'redis://127.0.0.1:1' }, {}",
} as const;

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const folder = mkdtempSync(join(tmpdir(), 'keyv-suite-'));
const redis = await redisForTest();
const results: Record<string, { readonly passed: number; readonly failed: number; readonly failures: string[] }> = {};
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const npm = process.env['npm_execpath'];
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync(command, [...first, 'install', ...quietly, ...PACKAGES], { cwd: folder, stdio: 'inherit' });
  const ours = JSON.stringify(fileURLToPath(new URL('../packages/cache/src/index.ts', import.meta.url)));
  for (const [way, options] of Object.entries(WAYS)) {
    writeFileSync(
      join(folder, 'store.test.js'),
      `import * as vitest from 'vitest';
import suite from '@keyv/test-suite';
import Keyv from 'keyv';
import { createCache, createKeyvStore } from ${ours};
const redisUrl = ${JSON.stringify(redis.url)};
let opened = 0;
const open = (options, policy) => {
  const cache = createCache({ prefix: 'conformance', commandTimeoutMs: 5_000, ...options });
  vitest.beforeAll(() => cache.ready());
  vitest.afterAll(() => cache.close());
  // Keyv's suite empties its store before each test; each store is a place of its own anyway.
  return () => createKeyvStore(cache.namespace(${JSON.stringify(way.replaceAll(/\W+/g, '-'))} + opened++, { ttlMs: 3_600_000, jitterRatio: 0, ...policy }));
};
suite(vitest, Keyv, open(${options}));
`,
    );
    const report = join(folder, 'report.json');
    rmSync(report, { force: true });
    const run = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', `--outputFile=${report}`];
    const { stderr } = spawnSync(process.execPath, ['--no-warnings', ...run], { cwd: folder, encoding: 'utf8' });
    if (!existsSync(report)) throw new Error(`no report for ${way}:\n${stderr}`);
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    results[way] = {
      passed: numPassedTests,
      failed: numFailedTests,
      failures: testResults.flatMap(({ message, assertionResults }) => [
        ...(message === undefined || message === '' ? [] : [message]),
        ...assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
      ]),
    };
  }
} finally {
  await redis.close();
  rmSync(folder, { recursive: true, force: true });
}
const result = { packages: PACKAGES, node: process.version, results };
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
const hasRun = Object.values(results).every(({ passed }) => passed > 0);
process.exit(hasRun && Object.values(results).every(({ failed }) => failed === 0) ? 0 : 1);

// npm run bench -- advisor [--only indexes,code,pool,cache,ttl,limit-concurrency,limit-per-user,limit-wait,harm-pool,harm-limits,placebo-load] [--at-once 3] [--json FILE]
// Faults seeded into a small real service under load, lies told to the advisor, and what it makes of both. Each scenario
// has a process and a database of its own and takes some two and a half minutes; a few run side by side.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDatabase } from '../packages/database/src/index.ts';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';

const ALL =
  'indexes,code,pool,cache,ttl,limit-concurrency,limit-per-user,limit-wait,harm-pool,harm-limits,placebo-load';
const { values: given } = parseArgs({
  options: {
    only: { type: 'string', default: ALL },
    'at-once': { type: 'string', default: '3' },
    json: { type: 'string', default: fileURLToPath(new URL('./results/advisor.json', import.meta.url)) },
  },
});

interface Row {
  readonly scenario: string;
  readonly fault: string;
  readonly expected: string;
  readonly outcome: string;
  readonly insightSeconds?: number | null;
  readonly predictedGain?: number;
  readonly verifiedGain?: number | null;
  readonly verdictSeconds?: number | null;
}

const INSIGHT_SECONDS = 60;
const VERDICT_SECONDS = 120;
const CLOSE = 0.3;

const loadAtStart = loadavg()[0];
const dataDir = mkdtempSync(join(tmpdir(), 'bench-advisor-'));
const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
const owner = createDatabase({ connectionString: server.connectionString, minConnections: 0, maxConnections: 2 });
const rows: Row[] = [];

const scenarios = given.only.split(',').values();
const runOneByOne = async (): Promise<void> => {
  for (const scenario of scenarios) {
    const name = `bench_${scenario.replaceAll('-', '_')}`;
    await owner.query(`create database ${name}`);
    const url = new URL(server.connectionString);
    url.pathname = `/${name}`;
    const child = spawn(
      process.execPath,
      ['--no-warnings', fileURLToPath(new URL('./advisor-process.ts', import.meta.url)), scenario, url.href],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    for await (const line of createInterface(child.stdout)) {
      // Its lines are rows of this shape.
      const row = JSON.parse(line) as Row;
      rows.push(row);
      console.log(describe(row));
    }
  }
};
await Promise.all(Array.from({ length: Number(given['at-once']) }, runOneByOne));
await owner.close();
await server.stop();
rmSync(dataDir, { recursive: true, force: true });

function describe(row: Row): string {
  const seconds = (value: number | null | undefined): string =>
    value === undefined || value === null ? '-' : `${value.toFixed(0)} s`;
  const gain = (value: number | null | undefined): string =>
    value === undefined || value === null ? '-' : value.toFixed(2);
  return `${row.fault.padEnd(56)} insight ${seconds(row.insightSeconds).padStart(5)}  promised ${gain(row.predictedGain).padStart(6)}  seen ${gain(row.verifiedGain).padStart(6)}  ${row.outcome} after ${seconds(row.verdictSeconds)}`;
}

const faults = rows.filter(({ expected }) => expected !== 'rolledBack');
const lies = rows.filter(({ expected }) => expected === 'rolledBack');
const applied = faults.filter(({ expected }) => expected === 'verified');
const close = applied.filter(
  ({ predictedGain = Number.NaN, verifiedGain }) =>
    verifiedGain !== null && verifiedGain !== undefined && Math.abs(verifiedGain / predictedGain - 1) <= CLOSE,
);
const summary = {
  faultCount: faults.length,
  insightWithin60Seconds: faults.filter(({ insightSeconds }) => (insightSeconds ?? Infinity) <= INSIGHT_SECONDS).length,
  appliedCount: applied.length,
  verifiedCount: applied.filter(({ outcome }) => outcome === 'verified').length,
  predictedWithin30Percent: close.length,
  lieCount: lies.length,
  liesTakenBackWithin2Minutes: lies.filter(
    ({ outcome, verdictSeconds }) => outcome === 'rolledBack' && (verdictSeconds ?? Infinity) <= VERDICT_SECONDS,
  ).length,
  decidedWithin2Minutes: rows.filter(({ verdictSeconds }) => (verdictSeconds ?? Infinity) <= VERDICT_SECONDS).length,
};
console.log(summary);
mkdirSync(dirname(given.json), { recursive: true });
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  node: process.version,
  loadAtStart,
  loadAtEnd: loadavg()[0],
};
writeFileSync(given.json, `${JSON.stringify({ machine, summary, rows }, undefined, 2)}\n`);
process.exit(0);

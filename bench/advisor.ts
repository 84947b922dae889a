// npm run bench -- advisor [--only indexes,code,pool,cache,ttl,limit-concurrency,limit-per-user,limit-wait,harm-pool,harm-limits,placebo-load] [--at-once 4] [--json FILE]
// Faults seeded into a small real service under load, lies told to the advisor, and what it makes of both. Each scenario
// has a process and a database of its own and takes some two and a half minutes; a few run side by side. The file is
// written with every row; rows of scenarios that are not run this time stay, so that groups of four minutes add up.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { savedShareOf } from '../packages/advisor/src/index.ts';
import { createDatabase } from '../packages/database/src/index.ts';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';

const ALL =
  'indexes,code,pool,cache,ttl,limit-concurrency,limit-per-user,limit-wait,harm-pool,harm-limits,placebo-load';
const { values: given } = parseArgs({
  options: {
    only: { type: 'string', default: ALL },
    'at-once': { type: 'string', default: '4' },
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

/** A row with when and how crowded. */
interface KeptRow extends Row {
  readonly takenAt: string;
  readonly load: number | undefined;
}

const INSIGHT_SECONDS = 60;
const VERDICT_SECONDS = 120;
const CLOSE = 0.3;

const chosen = given.only.split(',');
const kept: KeptRow[] = existsSync(given.json)
  ? // Written by this program.
    (JSON.parse(readFileSync(given.json, 'utf8')) as { rows: KeptRow[] }).rows.filter(
      ({ scenario }) => !chosen.includes(scenario),
    )
  : [];
const dataDir = mkdtempSync(join(tmpdir(), 'bench-advisor-'));
const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
const owner = createDatabase({ connectionString: server.connectionString, minConnections: 0, maxConnections: 2 });

const scenarios = chosen.values();
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
      kept.push({ ...row, takenAt: new Date().toISOString(), load: loadavg()[0] });
      console.log(describe(row));
      write();
    }
  }
};
await Promise.all(Array.from({ length: Number(given['at-once']) }, runOneByOne));
await owner.close();
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
console.log(summarise(kept));
process.exit(0);

function describe(row: Row): string {
  const seconds = (value: number | null | undefined): string =>
    value === undefined || value === null ? '-' : `${value.toFixed(0)} s`;
  const gain = (value: number | null | undefined): string =>
    value === undefined || value === null ? '-' : `${value.toFixed(2)} (${(savedShareOf(value) * 100).toFixed(1)}%)`;
  return `${row.fault.padEnd(56)} insight ${seconds(row.insightSeconds).padStart(5)}  promised ${gain(row.predictedGain).padStart(15)}  seen ${gain(row.verifiedGain).padStart(15)}  ${row.outcome} after ${seconds(row.verdictSeconds)}`;
}

function write(): void {
  mkdirSync(dirname(given.json), { recursive: true });
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  writeFileSync(given.json, `${JSON.stringify({ machine, summary: summarise(kept), rows: kept }, undefined, 2)}\n`);
}

function summarise(rows: readonly Row[]): object {
  const faults = rows.filter(({ expected }) => expected !== 'rolledBack');
  const lies = rows.filter(({ expected }) => expected === 'rolledBack');
  const applied = faults.filter(({ verdictSeconds }) => verdictSeconds !== undefined);
  const closeBy = (unit: (gain: number) => number): number =>
    applied.filter(
      ({ predictedGain = Number.NaN, verifiedGain }) =>
        verifiedGain !== null &&
        verifiedGain !== undefined &&
        Math.abs(unit(verifiedGain) / unit(predictedGain) - 1) <= CLOSE,
    ).length;
  return {
    faultCount: faults.length,
    insightWithin60Seconds: faults.filter(({ insightSeconds }) => (insightSeconds ?? Infinity) <= INSIGHT_SECONDS)
      .length,
    appliedCount: applied.length,
    verifiedCount: applied.filter(({ outcome }) => outcome === 'verified').length,
    promiseWithin30PercentBySavedShare: closeBy(savedShareOf),
    promiseWithin30PercentByFactor: closeBy((gain) => gain),
    lieCount: lies.length,
    liesTakenBackWithin2Minutes: lies.filter(
      ({ outcome, verdictSeconds }) => outcome === 'rolledBack' && (verdictSeconds ?? Infinity) <= VERDICT_SECONDS,
    ).length,
    decidedWithin2Minutes: rows.filter(({ verdictSeconds }) => (verdictSeconds ?? Infinity) <= VERDICT_SECONDS).length,
  };
}

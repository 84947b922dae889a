import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Sizing } from '@dataguardian/performance';
import { Command } from 'commander';
import { loadConfig, readEnvironment, type Config } from '../config.ts';
import { loadSecret, metricsToken } from '../server/secret.ts';
import { sizeServer } from '../server/sizing.ts';
import { findRunningDatabase } from './running-database.ts';
import { EXIT, say } from './terminal.ts';

interface Diagnosis {
  readonly name: string;
  readonly state: 'good' | 'fallback' | 'bad';
  readonly finding: string;
  readonly remedy?: string;
}

const MARKS = { good: 'ok  ', fallback: 'note', bad: 'BAD ' } as const;
const SIZES = [
  ['concurrency', 'requests run at once'],
  ['perUserRunning', 'of one person'],
  ['perOrganisationRunning', 'of one organisation'],
  ['totalWaiting', 'requests wait'],
  ['perUserWaiting', 'of one person'],
  ['perOrganisationWaiting', 'of one organisation'],
  ['memoryCapacity', 'sessions are held in memory'],
] as const satisfies readonly (readonly [keyof Sizing, string])[];
const LEAST_FREE_BYTES = 1_073_741_824;
const PATIENCE_MS = 3_000;

/** `dataguardian doctor`: what is reachable, which fallbacks are in force, what to do. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is reachable, which fallbacks are in force and what to do about it')
    .option('--metrics-token', 'print the bearer token that /metrics takes from other machines')
    .action(async (options: { metricsToken?: boolean }) => {
      const config = loadConfig(readEnvironment(process.cwd(), process.env));
      if (options.metricsToken === true) {
        say(metricsToken(loadSecret(config.dataDir, config.secret)));
        return;
      }
      const diagnoses = [
        examineNode(),
        examineFolder(config),
        await examineDatabase(config),
        await examineRedis(config),
        await examineServer(config),
        ...examineSizes(config),
      ];
      for (const { name, state, finding, remedy } of diagnoses) {
        say(`${MARKS[state]}  ${name.padEnd(12)} ${finding}`);
        if (remedy !== undefined) say(`      ${' '.repeat(12)} -> ${remedy}`);
      }
      process.exitCode = diagnoses.some(({ state }) => state === 'bad') ? EXIT.failed : EXIT.done;
    });
}

/** What the server is sized for, and why. */
function examineSizes(config: Config): Diagnosis[] {
  const { reasons, ...sizes } = sizeServer(config);
  const people = `${config.expectedUsers} people at once (DATAGUARDIAN_EXPECTED_USERS)`;
  return [
    { name: 'sized for', state: 'good', finding: people },
    ...SIZES.map(([key, words]): Diagnosis => ({
      name: '',
      state: 'good',
      finding: `${sizes[key]} ${words}: ${reasons[key]}`,
    })),
  ];
}

function examineNode(): Diagnosis {
  return { name: 'Node', state: 'good', finding: `${process.version} on ${process.platform}-${process.arch}` };
}

function examineFolder({ dataDir }: Config): Diagnosis {
  const name = 'data folder';
  if (!existsSync(dataDir)) return { name, state: 'good', finding: `${dataDir} will be created at the first start` };
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK);
  } catch {
    return {
      name,
      state: 'bad',
      finding: `${dataDir} is not writable`,
      remedy: 'Give this account the folder, or set DATAGUARDIAN_DATA_DIR.',
    };
  }
  const { bavail, bsize } = statfsSync(dataDir);
  const freeBytes = bavail * bsize;
  const finding = `${dataDir}, ${(freeBytes / 1e9).toFixed(1)} GB free`;
  return freeBytes < LEAST_FREE_BYTES
    ? { name, state: 'bad', finding, remedy: 'Free some space: new scans are refused when the disk is full.' }
    : { name, state: 'good', finding };
}

async function examineDatabase(config: Config): Promise<Diagnosis> {
  const name = 'PostgreSQL';
  const connectionString = findRunningDatabase(config);
  if (connectionString === undefined)
    return { name, state: 'good', finding: 'embedded; it is started together with the product' };
  const { Client } = await import('pg');
  const client = new Client({ connectionString, connectionTimeoutMillis: PATIENCE_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; number: number }>(
      "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
    );
    const [{ version, number } = { version: '', number: 0 }] = rows;
    return number < 140_000
      ? { name, state: 'bad', finding: `version ${version}`, remedy: 'Use PostgreSQL 14 or newer.' }
      : { name, state: 'good', finding: `version ${version} answers` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, state: 'bad', finding: `does not answer: ${reason}`, remedy: 'Start it, or correct DATABASE_URL.' };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function examineRedis({ redisUrl }: Config): Promise<Diagnosis> {
  const name = 'Redis';
  if (redisUrl === undefined)
    return {
      name,
      state: 'fallback',
      finding: 'not configured: the cache uses memory only',
      remedy: 'Set REDIS_URL when several processes share the work.',
    };
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(redisUrl);
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379), timeout: PATIENCE_MS });
    const finish = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', finish(true)).on('error', finish(false)).on('timeout', finish(false));
  });
  return answers
    ? { name, state: 'good', finding: `${hostname} answers` }
    : {
        name,
        state: 'fallback',
        finding: `${hostname} does not answer: the cache uses memory only`,
        remedy: 'Start it, or correct REDIS_URL.',
      };
}

async function examineServer({ host, port, dataDir }: Config): Promise<Diagnosis> {
  const name = 'server';
  try {
    const answer = await fetch(`http://${host}:${port}/health/ready`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    // The shape is that of design: status and components with their details.
    const health = (await answer.json()) as {
      status: string;
      components: Record<string, { status: string; detail: string }>;
    };
    const troubles = Object.entries(health.components).filter(([, { status }]) => status !== 'up');
    const finding = [
      `${health.status} on port ${port}`,
      ...troubles.map(([part, { detail }]) => `${part}: ${detail}`),
    ].join('; ');
    return { name, state: health.status === 'down' ? 'bad' : 'good', finding };
  } catch {
    const isLeftOver = existsSync(join(dataDir, 'connection.json'));
    return {
      name,
      state: 'fallback',
      finding: `nothing answers on http://${host}:${port}${isLeftOver ? ' although it was started' : ''}`,
      remedy: 'Run "dataguardian start".',
    };
  }
}

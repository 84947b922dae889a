import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createFaultProxy, createSeededRandom, ownPostgresForTest, redisForTest, until } from '@dataguardian/testing';
import { Client } from 'pg';
import { createDatabase } from '../../src/index.ts';
import { faults } from './faults.ts';
import {
  KEY_COUNT,
  LEASE_MS,
  PAIR,
  READS,
  SETUP,
  machineTime,
  type Final,
  type FromProcess,
  type Seen,
  type ToProcess,
  type Write,
} from './history.ts';
import { judge, type Verdict } from './judge.ts';

/** How one history went. */
export interface HistoryResult extends Verdict {
  readonly faults: readonly string[];
  readonly reads: number;
  readonly writes: number;
  readonly hitRatio: number;
  /** Answers that a process found in Redis; not all of them are as new as it must be. */
  readonly sharedHits: number;
  readonly errors: number;
}

const PROCESS_COUNT = 3;
const BETWEEN_FAULTS_MS = 300;
/** Longer than the lease: what is still wrong then has no excuse. */
const QUIET_MS = LEASE_MS + 500;

interface Member {
  readonly child: ChildProcess;
  readonly finals: Final[];
  hasStopped: boolean;
  counts: { hits: number; sharedHits: number; reads: number; errors: number };
}

/**
 * Three processes and an outsider read and write while `faultCount` faults, chosen by the seed, happen to them.
 * @param calmMs How long nothing happens first.
 */
export async function runHistory(seed: number, faultCount: number, calmMs = 1_000): Promise<HistoryResult> {
  const random = createSeededRandom(seed);
  const [server, redis] = await Promise.all([ownPostgresForTest(), redisForTest()]);
  const execute = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: server.connectionString });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  for (const statement of SETUP) await execute(statement);
  const owner = createDatabase({ connectionString: server.connectionString, minConnections: 0 });
  await owner.installInvalidation();
  await owner.close();

  const { pathname, searchParams, username } = new URL(server.connectionString);
  const socketPath = join(searchParams.get('host') ?? '', '.s.PGSQL.5432');
  const proxies = await Promise.all(
    Array.from({ length: PROCESS_COUNT }, () => createFaultProxy({ path: socketPath })),
  );
  const writes: Write[] = [];
  const seen: Seen[] = [];
  const violations: string[] = [];
  const members = proxies.map(({ port }, index): Member => {
    const url = `postgresql://${username}@127.0.0.1:${port}${pathname}`;
    const child = fork(
      join(import.meta.dirname, 'history-process.ts'),
      [url, `p${index}`, String(seed * 10 + index), redis.url],
      {
        execArgv: ['--no-warnings'],
        serialization: 'advanced',
      },
    );
    return { child, finals: [], hasStopped: false, counts: { hits: 0, sharedHits: 0, reads: 0, errors: 0 } };
  });
  await Promise.all(
    members.map(
      (member, index) =>
        new Promise<void>((resolve) => {
          member.child.on('message', (message: FromProcess) => {
            if (message.kind === 'ready') resolve();
            else if (message.kind === 'stopped') member.hasStopped = true;
            else if (message.kind === 'final') member.finals.push(message);
            else {
              writes.push(...message.writes);
              seen.push(...message.seen);
              violations.push(...message.violations.map((text) => `process ${index}: ${text}`));
              const { hits, sharedHits, reads, errors } = message;
              member.counts = { hits, sharedHits, reads, errors };
            }
          });
        }),
    ),
  );

  const outsider = writeAsOutsider(server.connectionString, writes, random.integer(1, 1e9));
  const living = (): readonly Member[] =>
    members.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  const tell = (message: ToProcess): void => {
    // A process that was killed a moment ago cannot be told.
    for (const { child } of living()) if (child.connected) child.send(message, () => undefined);
  };
  const done: string[] = [];
  await new Promise((resolve) => setTimeout(resolve, calmMs));
  const kinds = random.shuffle(Object.keys(faults)).slice(0, faultCount);
  for (const kind of kinds) {
    done.push(kind);
    await faults[kind]?.({
      random,
      proxies,
      redis,
      processes: members.map(({ child }) => child),
      dataDir: server.dataDir,
      execute: (sql) => until(async () => (await execute(sql), true)).then(() => undefined),
    });
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_FAULTS_MS));
    outsider.pause(QUIET_MS);
    tell({ kind: 'pause-writing', ms: QUIET_MS });
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
  await outsider.stop();
  tell({ kind: 'stop-writing' });
  await until(() => living().every(({ hasStopped }) => hasStopped), { timeoutMs: 60_000, what: 'the writers to stop' });
  // Statements that nobody waits for any more end within their time-out; what they committed is announced within a lease.
  await new Promise((resolve) => setTimeout(resolve, 4_500));
  tell({ kind: 'final' });
  await until(() => living().every(({ finals }) => finals.length > 0), { timeoutMs: 60_000, what: 'the final reads' });
  const truth = await readTruth(server.connectionString);
  for (const [index, { finals }] of living().entries())
    for (const [read, versions] of (finals[0]?.versions ?? []).entries())
      versions.forEach((version, key) => {
        if (version !== truth[key])
          violations.push(`final: process ${index}, ${READS[read]}, key ${key}: ${version}, not ${truth[key]}`);
      });
  if (living().some(({ finals }) => (finals[0]?.hits ?? 0) < KEY_COUNT))
    violations.push('final: nothing came from memory');
  if (truth[PAIR[0]] !== truth[PAIR[1]]) violations.push('final: the pair is torn in the database itself');
  const ends = living().map(({ child }) => once(child, 'exit'));
  tell({ kind: 'end' });
  await Promise.all(ends);
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await Promise.all([server.stop(), redis.close()]);

  const verdict = judge(writes, seen);
  const sum = (name: keyof Member['counts']): number => members.reduce((total, { counts }) => total + counts[name], 0);
  return {
    ...verdict,
    violations: [...violations, ...verdict.violations],
    faults: done,
    reads: sum('reads'),
    writes: writes.length,
    sharedHits: sum('sharedHits'),
    hitRatio: sum('hits') / Math.max(1, sum('reads')),
    errors: sum('errors'),
  };
}

/** Somebody without our library, such as psql. */
function writeAsOutsider(
  connectionString: string,
  writes: Write[],
  seed: number,
): { pause(ms: number): void; stop(): Promise<void> } {
  const random = createSeededRandom(seed);
  let isOver = false;
  let quietUntil = 0;
  const run = async (): Promise<void> => {
    let client: Client | undefined;
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, random.integer(20, 60)));
      if (machineTime() < quietUntil) continue;
      try {
        if (client === undefined) {
          client = new Client({ connectionString });
          client.on('error', () => {
            client = undefined;
          });
          await client.connect();
        }
        const key = random.integer(0, KEY_COUNT - 3);
        const { rows } = await client.query<{ n: string }>('update kv set n = n + 1 where id = $1 returning n', [key]);
        writes.push({ key, version: Number(rows[0]?.n), ackedAt: machineTime() });
      } catch {
        await client?.end().catch(() => undefined);
        client = undefined;
      }
    }
    await client?.end().catch(() => undefined);
  };
  const running = run();
  return {
    pause(ms) {
      quietUntil = machineTime() + ms;
    },
    async stop() {
      isOver = true;
      await running;
    },
  };
}

async function readTruth(connectionString: string): Promise<readonly number[]> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ n: string }>('select n from kv order by id');
  await client.end();
  return rows.map(({ n }) => Number(n));
}

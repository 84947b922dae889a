import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { toInvalidationSql } from '../../src/index.ts';
import type { FaultProxy, SeededRandom, TestRedis } from '@dataguardian/testing';

/** What faults are done to. */
export interface FaultTargets {
  readonly random: SeededRandom;
  readonly proxies: readonly FaultProxy[];
  readonly processes: readonly ChildProcess[];
  /** Where the processes share answers. */
  readonly redis: TestRedis;
  /** The server's data folder. */
  readonly dataDir: string;
  /** Runs SQL past the proxies. */
  execute(sql: string): Promise<void>;
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Faults by name; each is over when its promise resolves. */
export const faults: Readonly<Record<string, (targets: FaultTargets) => Promise<void>>> = {
  async 'all connections of a process are reset'({ proxies, random }) {
    random.pick(proxies).cut();
    await pause(200);
  },
  async 'the listeners are put out'({ execute }) {
    await execute(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%cache'`);
    await pause(200);
  },
  async 'the listener of one process is put out'({ execute, random }) {
    const name = `p${random.integer(0, 2)} cache`;
    await execute(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${name}'`);
    await pause(200);
  },
  async 'backends die under their statements'({ execute }) {
    await execute(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'p_' and pid % 2 = 0`,
    );
    await pause(100);
  },
  async 'the network swallows everything, then resets'({ proxies, random }) {
    const proxy = random.pick(proxies);
    proxy.setFaults({ blackhole: true });
    await pause(random.integer(300, 1_800));
    proxy.setFaults({});
    proxy.cut();
    await pause(200);
  },
  async 'the network is slow'({ proxies, random }) {
    const proxy = random.pick(proxies);
    proxy.setFaults({ latencyMs: random.integer(5, 40) });
    await pause(600);
    proxy.setFaults({});
  },
  async 'a process stands still'({ processes, random }) {
    const child = random.pick(processes);
    child.kill('SIGSTOP');
    await pause(random.integer(500, 1_500));
    child.kill('SIGCONT');
    await pause(100);
  },
  async 'a process is killed'({ processes }) {
    processes[2]?.kill('SIGKILL');
    await pause(200);
  },
  async 'Redis is killed and comes back empty'({ redis, random }) {
    await redis.kill();
    await pause(random.integer(300, 1_000));
    await redis.restart();
    await pause(200);
  },
  async 'Redis hangs'({ redis, random }) {
    redis.freeze();
    await pause(random.integer(300, 1_500));
    redis.thaw();
    await pause(200);
  },
  async 'the server restarts'({ dataDir }) {
    const [pid = ''] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGINT');
    await pause(1_500);
  },
  async 'the triggers are disabled for a while'({ execute }) {
    await execute('alter table kv disable trigger all');
    await pause(300);
    await execute('alter table kv enable always trigger dgopt_insert');
    await execute('alter table kv enable always trigger dgopt_update');
    await execute('alter table kv enable always trigger dgopt_delete');
    await execute('alter table kv enable always trigger dgopt_truncate');
  },
  async 'the triggers are dropped and come back'({ execute }) {
    await execute('drop trigger dgopt_update on kv');
    await pause(300);
    await execute(toInvalidationSql({ tables: ['kv', 'label'] }));
  },
  async 'the table gets a column'({ execute, random }) {
    await execute(`alter table kv add column c${random.integer(0, 1e9)} int default 5`);
    await pause(100);
  },
  async 'a transaction is left hanging while its session is reset'({ execute, proxies, random }) {
    // Writers queue behind the lock; their sessions are gone when it is let go.
    const blocker = execute('begin; select * from kv for update; select pg_sleep(0.5); commit');
    await pause(200);
    random.pick(proxies).cut();
    await blocker;
    await pause(300);
  },
};

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../corpus/support/run-program.ts';

const PATIENCE_MS = 120_000;
const REGISTER = new URL('../../src/register.ts', import.meta.url).href;
const programOf = (name: string): string => join(import.meta.dirname, '../programs', `${name}.ts`);

describe('other threads and processes', () => {
  it(
    'of the program appear in the profile of the first: a worker thread',
    async () => {
      const { functions } = await runProgram(programOf('threads'));
      const names = functions.map(({ name }) => name);
      expect(names).toContain('spinInMain');
      expect(names).toContain('spinInWorker');
    },
    PATIENCE_MS,
  );

  it(
    'follow the rate of the first: a thread is not sampled while the main thread is not',
    async () => {
      const { functions } = await runProgram(programOf('quiet-threads'));
      const names = functions.map(({ name }) => name);
      expect(names).toContain('spinLoudly');
      expect(names).not.toContain('spinQuietly');
    },
    PATIENCE_MS,
  );

  it(
    'of the program appear in the profile of the first: a forked process',
    async () => {
      const { functions } = await runProgram(programOf('processes'));
      expect(functions.map(({ name }) => name)).toContain('spinInChild');
    },
    PATIENCE_MS,
  );
});

describe('a profiler in trouble', () => {
  const run = (program: string, env: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, ['--no-warnings', '--import', REGISTER, programOf(program)], {
      env: { ...process.env, ...env, NODE_OPTIONS: '' },
      encoding: 'utf8',
    });

  it('whose disk is full lets the program end as it would have', () => {
    const { status, stderr } = run('requests', { DATAGUARDIAN_PROFILE_REPORT: '/dev/full' });
    expect(stderr).toContain('The profile was not written');
    expect(status).toBe(0);
  });

  it.each(['throwing-profiler', 'tiny-budget', 'second-inspector', 'switched-while-serving'])(
    'fails no request: %s',
    (trouble) => {
      const { status, stdout, stderr } = run('requests', { TROUBLE: trouble });
      expect({ status, stdout: stdout.trim(), stderr }).toEqual({ status: 0, stdout: '200 answered', stderr: '' });
    },
    PATIENCE_MS,
  );
});

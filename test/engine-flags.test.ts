import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../scripts/engine-flags.mjs', import.meta.url));

function node(args: readonly string[], options = ''): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: options },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

describe('flags of the engine for a server', () => {
  it('leave a core to the main thread on small machines, and say nothing on others', () => {
    const code = `import { engineFlags } from ${JSON.stringify(script)};
      console.log(JSON.stringify([1, 2, 3, 4, 5, 64].map((cores) => engineFlags(cores, ''))));`;
    expect(JSON.parse(node(['--input-type=module', '-e', code]))).toEqual([
      ['--v8-pool-size=1'],
      ['--v8-pool-size=1'],
      ['--v8-pool-size=2'],
      ['--v8-pool-size=3'],
      [],
      [],
    ]);
  });

  it('are what Node takes', () => {
    const flags = node([script]).split(' ').filter(Boolean);
    const taken: unknown = JSON.parse(node([...flags, '-p', 'JSON.stringify(process.execArgv.slice(0, -2))']));
    expect(taken).toEqual(flags);
  });

  it('are left out where the one who starts it has chosen', () => {
    expect(node([script], '--v8-pool-size=2')).toBe('');
  });
});

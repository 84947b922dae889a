#!/usr/bin/env node
// One command on any machine with Node >= 18 and npm: brings the pinned Node when the machine's own is
// too old to run TypeScript, installs what the task needs, then runs the task. Uses nothing from node_modules.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineFlags } from './engine-flags.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [task = 'start', ...args] = process.argv.slice(2);
const productionTasks = new Set(['start', 'dataguardian', 'build']);
const minimum = [22, 19];
/** Whether the task is a process that serves, of which there is one and which runs for long. */
const isServer = ['start', 'dev', 'worker'].includes(task === 'dataguardian' ? args[0] : task);

const isNew = (version) => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
};

const say = (text) => process.stderr.write(`${text}\n`);

function npm(npmArgs, cwd, env) {
  const entry = process.env.npm_execpath;
  const [command, prefix] = entry && /\.[cm]?js$/.test(entry) ? [process.execPath, [entry]] : ['npm', []];
  const result = spawnSync(command, [...prefix, ...npmArgs], {
    cwd,
    env: { ...env, npm_config_loglevel: 'error' },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (result.status !== 0) {
    say(
      `npm ${npmArgs.join(' ')} failed in ${cwd}. Check that the npm registry can be reached, then run the same command again.`,
    );
    process.exit(result.status ?? 1);
  }
}

function bringNode() {
  if (isNew(process.version)) return process.execPath;
  const node = join(root, 'runtime', 'node_modules', '.bin', 'node');
  if (!existsSync(node)) {
    say(`Node ${process.version} is older than ${minimum.join('.')}: bringing a pinned Node (once) ...`);
    npm(['ci'], join(root, 'runtime'), process.env);
  }
  if (!existsSync(node)) {
    say(
      `No pinned Node exists for ${process.platform}-${process.arch}. Install Node ${minimum.join('.')} or newer from https://nodejs.org and run the same command again.`,
    );
    process.exit(1);
  }
  return node;
}

function installPackages(env) {
  const production = productionTasks.has(task);
  const stamp = join(root, 'node_modules', '.dataguardian-lock');
  const key = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (installed === `${key} all` || (production && installed === `${key} production`)) return;
  say(production ? 'Installing packages (once) ...' : 'Installing packages for development and tests (once) ...');
  npm(production ? ['ci', '--omit=dev'] : ['ci'], root, env);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, `${key} ${production ? 'production' : 'all'}`);
}

const node = bringNode();
const env = {
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'),
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
};
installPackages(env);

// The channel lets the task notice that this process is gone, whatever ended it, and shut down cleanly.
const flags = isServer ? engineFlags() : [];
const child = spawn(node, [...flags, join(root, 'scripts', 'tasks.mjs'), task, ...args], {
  cwd: task === 'dataguardian' ? (process.env.INIT_CWD ?? process.cwd()) : root,
  env,
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));

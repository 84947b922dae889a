#!/usr/bin/env node
// Runs the product on this Node when it is new enough, else on the pinned one that `npm start` brought.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../src/main.ts', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 19)) {
  process.argv[1] = fileURLToPath(main);
  await import(main.href);
} else {
  const node = fileURLToPath(new URL('../../runtime/node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    process.stderr.write(
      `Node ${process.version} is too old. Run "npm start" once: it brings a newer one. Or install Node 22.19 or newer.\n`,
    );
    process.exit(2);
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => process.stdin.isTTY || child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

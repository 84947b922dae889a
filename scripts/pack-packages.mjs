// Makes what other services install: each public package as JavaScript with types, packed as artifacts/*.tgz.
// Inside the repository the TypeScript sources run as they are; Node refuses them inside node_modules.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const target = resolve(process.argv[2] ?? join(root, 'artifacts'));
const staging = join(target, 'packages');

function run(command, args, cwd = root) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`, { cause: error });
}

const readManifest = (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
const publicNames = readdirSync(join(root, 'packages')).filter((name) => readManifest(name).private !== true);

/** All at once, so that types of one package are known to the next. */
function compile(outDir) {
  const config = join(target, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: relative(target, join(root, 'tsconfig.json')),
      compilerOptions: {
        noEmit: false,
        allowImportingTsExtensions: false,
        rewriteRelativeImportExtensions: true,
        declaration: true,
        rootDir: join(root, 'packages'),
        outDir,
        typeRoots: [join(root, 'node_modules', '@types')],
      },
      include: publicNames.map((name) => join(root, 'packages', name, 'src/**/*.ts')),
      exclude: [],
    }),
  );
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config]);
  rmSync(config);
}

/** Threads are started by address, which the compiler leaves as it is. */
function renameThreads(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue;
    const file = join(folder, name);
    const before = readFileSync(file, 'utf8');
    const after = before.replaceAll(
      /new URL\('(\.[^']+)\.ts', import\.meta\.url\)/g,
      "new URL('$1.js', import.meta.url)",
    );
    if (after !== before) writeFileSync(file, after);
  }
}

function toPublished({ exports, ...manifest }) {
  delete manifest.devDependencies;
  const compiled = Object.entries(exports).map(([face, source]) => {
    const path = source.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1');
    return [face, { types: `${path}.d.ts`, default: `${path}.js` }];
  });
  return { ...manifest, exports: Object.fromEntries(compiled), files: ['dist', 'web/dist'] };
}

rmSync(target, { recursive: true, force: true });
mkdirSync(staging, { recursive: true });
const compiled = join(target, 'compiled');
compile(compiled);
for (const name of publicNames) {
  const from = join(root, 'packages', name);
  const to = join(staging, name);
  cpSync(join(compiled, name, 'src'), join(to, 'dist'), { recursive: true });
  renameThreads(join(to, 'dist'));
  const pages = join(from, 'web', 'dist');
  if (existsSync(pages)) cpSync(pages, join(to, 'web', 'dist'), { recursive: true });
  cpSync(join(from, 'README.md'), join(to, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(to, 'LICENSE'));
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(toPublished(readManifest(name)), undefined, 2)}\n`);
}
rmSync(compiled, { recursive: true });
const npm = process.env.npm_execpath;
const [command, prefix] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
run(
  command,
  [...prefix, 'pack', '--silent', '--pack-destination', target, ...publicNames.map((name) => `./${name}`)],
  staging,
);
rmSync(staging, { recursive: true });
process.stderr.write(`${publicNames.length} packages in ${target}\n`);

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A redis-server that this machine can run. */
export interface RedisServerBinary {
  readonly path: string;
  /** Set beside the environment of whoever starts it. */
  readonly env: Readonly<Record<string, string>>;
  readonly origin: 'system' | 'debian package';
}

/** The server and what it links to, as Debian and Ubuntu name them. Names that a release lacks are passed over. */
const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblua5.1-0', 'liblzf1', 'libatomic1'];
const DOWNLOAD_MS = 60_000;

let found: { readonly binary: RedisServerBinary | undefined } | undefined;

/**
 * Finds a redis-server: the machine's own, then the one of Debian's package, downloaded without rights of an
 * administrator and unpacked once into node_modules/.cache, so that nothing is installed. `undefined` where neither
 * is to be had, or when `DATAGUARDIAN_TEST_REDIS` is `wasm`; tests then use Valkey in WebAssembly.
 */
export function findRedisServer(): RedisServerBinary | undefined {
  found ??= { binary: look() };
  return found.binary;
}

function look(): RedisServerBinary | undefined {
  if (process.env['DATAGUARDIAN_TEST_REDIS'] === 'wasm') return undefined;
  const system: RedisServerBinary = { path: 'redis-server', env: {}, origin: 'system' };
  if (canRun(system)) return system;
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
  const cache = join(root, 'node_modules', '.cache');
  const folder = join(cache, `redis-server-${process.getuid?.() ?? 0}`);
  const unpacked = toUnpacked(folder);
  if (canRun(unpacked)) return unpacked;
  if (process.platform !== 'linux' || !isThere('apt-get') || !isThere('dpkg-deb')) return undefined;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'redis-server-'));
  try {
    download(work);
    // Whoever is first wins; the others unpacked the same.
    if (!existsSync(folder)) renameSync(join(work, 'root'), folder);
  } catch {
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return canRun(unpacked) ? unpacked : undefined;
}

/** Asks the package sources that the machine is set up with, in folders of our own. @throws Error when one step fails. */
function download(folder: string): void {
  const options = [
    `Dir::State::Lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'Debug::NoLocking=1',
    'APT::Get::List-Cleanup=0',
  ].flatMap((option) => ['-o', option]);
  for (const path of ['lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(folder, path), { recursive: true });
  run('apt-get', [...options, '-qq', 'update'], folder);
  for (const name of PACKAGES)
    spawnSync('apt-get', [...options, '-qq', 'download', name], { cwd: folder, stdio: 'ignore', timeout: DOWNLOAD_MS });
  for (const file of readdirSync(folder))
    if (file.endsWith('.deb')) run('dpkg-deb', ['-x', file, join(folder, 'root')], folder);
}

function toUnpacked(folder: string): RedisServerBinary {
  const libraries = join(folder, 'usr', 'lib');
  const folders = existsSync(libraries) ? readdirSync(libraries).map((name) => join(libraries, name)) : [];
  return {
    // The server is a link to this program, which knows by its name what to be.
    path: join(folder, 'usr', 'bin', 'redis-server'),
    env: { LD_LIBRARY_PATH: folders.join(':') },
    origin: 'debian package',
  };
}

function canRun({ path, env }: RedisServerBinary): boolean {
  return spawnSync(path, ['--version'], { stdio: 'ignore', env: { ...process.env, ...env } }).status === 0;
}

function isThere(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'ignore', timeout: DOWNLOAD_MS });
  if (status !== 0) throw new Error(`${command} ended with ${status}`, { cause: error });
}

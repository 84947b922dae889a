import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ScannerError, toReason } from '../../errors.ts';

/** Settings that keep a hostile repository from running programs or reaching elsewhere. */
const SAFE_SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.attributesFile=/dev/null',
  'log.showSignature=false',
  'safe.directory=*',
  'protocol.allow=never',
  'protocol.http.allow=always',
  'protocol.https.allow=always',
  'http.followRedirects=false',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=30',
  'credential.helper=',
].flatMap((setting) => ['-c', setting]);

/** The only thing of our environment that git needs: where it and its parts are. */
const inheritedPath = { PATH: process.env['PATH'] };

/** Starts git. */
export function startGit(args: readonly string[], signal?: AbortSignal): ChildProcessWithoutNullStreams {
  return spawn('git', [...SAFE_SETTINGS, ...args], {
    env: {
      ...inheritedPath,
      HOME: '/nonexistent',
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_OPTIONAL_LOCKS: '0',
      LC_ALL: 'C',
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The lines git writes. @throws ScannerError SCANNER_GIT_MISSING or SCANNER_GIT_FAILED with what it said. */
export async function* gitLines(
  args: readonly string[],
  options: {
    readonly input?: AsyncIterable<string> | Iterable<string>;
    readonly signal?: AbortSignal | undefined;
  } = {},
): AsyncGenerator<string> {
  const child = startGit(args, options.signal);
  let complaint = '';
  let failure: unknown;
  child.on('error', (error) => {
    failure = error;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close').then(
    ([code]) => (typeof code === 'number' ? code : -1),
    () => -1,
  );
  void feed(child, options.input ?? []);
  try {
    yield* createInterface({ input: child.stdout, crlfDelay: Infinity });
    const code = await closed;
    if (code !== 0) throw toGitError(failure ?? new Error(withoutCredentials(complaint) || `git ended with ${code}`));
  } finally {
    child.kill();
  }
}

async function feed(
  child: ChildProcessWithoutNullStreams,
  input: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  for await (const line of input)
    if (!child.stdin.write(`${line}\n`)) await Promise.race([once(child.stdin, 'drain'), once(child, 'close')]);
  child.stdin.end();
}

/** Tells a missing git from one that failed. */
export function toGitError(error: unknown): ScannerError {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return new ScannerError(isMissing ? 'SCANNER_GIT_MISSING' : 'SCANNER_GIT_FAILED', toReason(error), { cause: error });
}

function withoutCredentials(text: string): string {
  return text.replaceAll(/\/\/[^/@\s]+@/g, '//***@');
}

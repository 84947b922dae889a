import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProfileReport } from '@dataguardian/profiler';

const CORPUS = join(import.meta.dirname, '..');
const REGISTER = new URL('../../../src/register.ts', import.meta.url).href;

/** Path of one program of the corpus. */
export function pathOf(name: string, variant: string): string {
  return join(CORPUS, name, `${variant}.ts`);
}

/** `file:line` of the line that is marked as the culprit. */
export function markedPlace(name: string): string {
  const file = pathOf(name, 'bottleneck');
  const lines = readFileSync(file, 'utf8').split('\n');
  return `${file}:${lines.findIndex((line) => line.includes('// <- here')) + 1}`;
}

let runCount = 0;

/** How a program is started. */
export interface RunOptions {
  readonly nodeOptions?: readonly string[] | undefined;
  /** Whether it knows nothing of the profiler and is given one. @defaultValue true */
  readonly hasRegister?: boolean;
}

/** Runs a program, by default one that knows nothing of the profiler, with the profiler on, and reads its report. */
export async function runProgram(
  path: string,
  env: Readonly<Record<string, string>> = {},
  { nodeOptions = [], hasRegister = true }: RunOptions = {},
): Promise<ProfileReport> {
  const reportPath = join(tmpdir(), `profile-${process.pid}-${++runCount}.json`);
  const child = spawn(
    process.execPath,
    ['--no-warnings', ...nodeOptions, ...(hasRegister ? ['--import', REGISTER] : []), path],
    {
      env: { ...process.env, ...env, DATAGUARDIAN_PROFILE_REPORT: reportPath, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${path} ended with ${String(code)}:\n${output}`);
  // The report was written by toReport in the child.
  const report = JSON.parse(readFileSync(reportPath, 'utf8')) as ProfileReport;
  rmSync(reportPath);
  return report;
}

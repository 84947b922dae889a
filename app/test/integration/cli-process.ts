import { spawn } from 'node:child_process';

/** How a command of the product ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command is run with. */
export interface CommandOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called once, when the process has written something; may stop it. */
  readonly onFirstOutput?: (kill: (signal: NodeJS.Signals) => void) => void;
}

const MODULE: Readonly<Record<string, string>> = { scan: 'scan.ts', detect: 'detect.ts' };

/** Runs `dataguardian <name> ...` as a process of its own, by its command factory alone. */
export function runCommand(
  name: 'scan' | 'detect',
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const module = new URL(`../../src/cli/${MODULE[name]}`, import.meta.url).href;
  const script = `import { ${name}Command } from ${JSON.stringify(module)};
    await ${name}Command().parseAsync(process.argv.slice(1), { from: 'user' });`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script, '--', ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...options.environment },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout === '') options.onFirstOutput?.((signal) => child.kill(signal));
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

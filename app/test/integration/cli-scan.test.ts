import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandResult, runCommand } from './cli-process.ts';

let folder: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dataguardian-cli-'));
  state = mkdtempSync(join(tmpdir(), 'dataguardian-state-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(state, { recursive: true, force: true });
});

const RAW = '111222333';
const scanFolder = (...args: string[]): Promise<CommandResult> =>
  runCommand('scan', [folder, ...args], { environment: { DATAGUARDIAN_DATA_DIR: state } });

describe('dataguardian scan', () => {
  it('exits 0 on a clean folder and 1 when something is found', async () => {
    writeFileSync(join(folder, 'clean.txt'), 'nothing to see\n');
    expect((await scanFolder()).code).toBe(0);
    writeFileSync(join(folder, 'leak.txt'), `BSN: ${RAW}\n`);
    const result = await scanFolder();
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('leak.txt:1:6');
    expect(result.stdout).not.toContain('\x1b[');
    expect(result.stdout).not.toContain(RAW);
  });

  it('exits 0 when everything found is below --fail-on', async () => {
    writeFileSync(join(folder, 'log.txt'), 'client 8.8.8.8 connected\n');
    const { code, stdout } = await scanFolder('--format', 'jsonl', '--fail-on', 'critical');
    expect(stdout).toContain('"type":"IP"');
    expect(code).toBe(0);
  });

  it('exits 2 with advice when the source cannot be read or is refused', async () => {
    const missing = await runCommand('scan', [join(folder, 'missing')], {
      environment: { DATAGUARDIAN_DATA_DIR: state },
    });
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('SCANNER_PATH_NOT_FOUND');
    const scheme = await runCommand('scan', ['ftp://example.org/'], { environment: { DATAGUARDIAN_DATA_DIR: state } });
    expect(scheme.code).toBe(2);
    expect(scheme.stderr).toContain('SCANNER_SCHEME_REFUSED');
  });

  it('writes SARIF 2.1.0 with rules, places and keyed fingerprints', async () => {
    writeFileSync(join(folder, 'a file.txt'), `one\nBSN: ${RAW}\n`);
    const file = join(folder, '..', `${folder.split('/').at(-1)}.sarif`);
    expect((await scanFolder('--format', 'sarif', '--output', file)).code).toBe(1);
    const sarif = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(file);
    const [run] = sarif.runs;
    expect(sarif.version).toBe('2.1.0');
    expect(run.tool.driver.rules[run.results[0].ruleIndex].id).toBe('BSN');
    expect(run.results[0]).toMatchObject({
      ruleId: 'BSN',
      level: 'error',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'a%20file.txt' }, region: { startLine: 2, startColumn: 6 } } },
      ],
    });
    expect(run.results[0].partialFingerprints['dataguardianValue/v1']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('writes HTML and PDF for people, markup in names made harmless', async () => {
    writeFileSync(join(folder, '<img src=x onerror=alert(1)>.txt'), `BSN: ${RAW}\n`);
    const html = await scanFolder('--format', 'html', '--language', 'nl');
    expect(html.stdout).toContain('<html lang="nl"');
    expect(html.stdout).not.toContain('<img src=x');
    expect(html.stdout).not.toContain(RAW);
    const file = join(state, 'report.pdf');
    expect((await scanFolder('--format', 'pdf', '--output', file)).code).toBe(1);
    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('keeps spreadsheet formulas out of CSV', async () => {
    mkdirSync(join(folder, '=cmd()'));
    writeFileSync(join(folder, '=cmd()', 'x.txt'), `BSN: ${RAW}\n`);
    const { stdout } = await scanFolder('--format', 'csv');
    expect(stdout).toContain(`,'=cmd()/x.txt,`);
  });

  it('reports only what the baseline does not know', async () => {
    writeFileSync(join(folder, 'old.txt'), `BSN: ${RAW}\n`);
    const baseline = join(state, 'baseline.json');
    expect((await scanFolder('--write-baseline', baseline)).code).toBe(0);
    expect(readFileSync(baseline, 'utf8')).not.toContain(RAW);
    expect((await scanFolder('--baseline', baseline)).code).toBe(0);
    writeFileSync(join(folder, 'new.txt'), `BSN: ${RAW}\n`);
    const result = await scanFolder('--baseline', baseline, '--format', 'json');
    expect(result.code).toBe(1);
    const report = JSON.parse(result.stdout);
    expect(report.findings).toHaveLength(1);
    expect(report.summary).toMatchObject({ findings: 1, suppressed: 1 });
  });

  it('stops on Ctrl-C with a valid, partial report and exit code 130', async () => {
    for (let index = 0; index < 1_200; index++)
      writeFileSync(
        join(folder, `f${index}.txt`),
        `mail: person${index}@example.org\n${'words and more words\n'.repeat(400)}`,
      );
    // Several at once in one data folder: they open its store in the same moment and end in different ones.
    const runs = await Promise.all(
      Array.from({ length: 4 }, () =>
        runCommand('scan', [folder, '--format', 'jsonl', '--threads', '2'], {
          environment: { DATAGUARDIAN_DATA_DIR: state },
          onFirstOutput: (kill) => kill('SIGINT'),
        }),
      ),
    );
    for (const { code, stdout, stderr } of runs) {
      expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('partial') });
      const lines = stdout.trimEnd().split('\n');
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ summary: { partial: true } });
    }
  });
});

import { Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '@dataguardian/telemetry';
import { ScannerError, type ScanOptions, type Severity } from '@dataguardian/scanner';
import { FORMATS } from './formats/formats.ts';
import { readBaseline, writeBaseline } from './scan-baseline.ts';
import { openReportOutput } from './scan-output.ts';
import { createProgressView } from './scan-progress.ts';
import { runScan } from './scan-run.ts';
import { loadScanSettings, type ScanEnvironment } from './scan-settings.ts';
import { reachesSeverity, SEVERITIES } from './scan-summary.ts';
import { parseTarget, type TargetOptions } from './scan-target.ts';

/** What the process offers; a test hands in its own. */
export interface ScanCommandHost {
  readonly environment: ScanEnvironment;
  readonly version: string;
}

interface ScanFlags extends TargetOptions {
  readonly format: string;
  readonly output?: string;
  readonly failOn: Severity;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly incremental: boolean;
  readonly threads?: number;
  readonly types?: readonly string[];
  readonly minimumScore?: number;
  readonly quiet?: boolean;
  readonly language: 'en' | 'nl';
}

const EXIT_FINDINGS = 1;
const EXIT_FAILED = 2;
const EXIT_INTERRUPTED = 130;

const EXAMPLES = `
Examples:
  $ dataguardian scan .                                   the current folder, as a table
  $ dataguardian scan archive.zip --format csv --output findings.csv
  $ dataguardian scan ./hr --format pdf --language nl --output report.pdf
  $ dataguardian scan . --format sarif --output scan.sarif --fail-on high
  $ dataguardian scan . --write-baseline known.json       remember what is known
  $ dataguardian scan . --baseline known.json             report only what is new
  $ dataguardian scan ./repository --history              every version of every file
  $ dataguardian scan postgres://reader@db/shop --full    every row of every table
  $ dataguardian scan https://example.org --max-pages 20

Exit codes:
  0  nothing found at or above --fail-on
  1  something found at or above --fail-on
  2  wrong usage, or the source cannot be read
  130  stopped by Ctrl-C; the report covers what was done
`;

/** The command `dataguardian scan`. */
export function scanCommand(host: ScanCommandHost = { environment: process.env, version: '0.1.0' }): Command {
  return new Command('scan')
    .description('Find personal data and secrets in a folder, file, repository, database or web site')
    .argument('<target>', 'path, http(s):// address, postgres://, mysql:// or sqlite: address')
    .addOption(new Option('-f, --format <format>', 'form of the report').choices(Object.keys(FORMATS)).default('table'))
    .option('-o, --output <file>', 'write the report to a file instead of standard output')
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 from this severity on').choices([...SEVERITIES]).default('low'),
    )
    .option('--baseline <file>', 'leave out findings that this file knows')
    .option('--write-baseline <file>', 'write all findings as a baseline and exit 0')
    .option('--no-incremental', 'scan unchanged files again')
    .option('--threads <count>', 'threads to use for folders', toCount)
    .option('--types <list>', 'look for these types only, separated by commas', toList)
    .option('--minimum-score <score>', 'least certain finding to report, 0 to 1', toScore)
    .addOption(new Option('--as <kind>', 'what the target is').choices(['path', 'repository', 'database', 'website']))
    .option('--history', 'repositories: every version of every file')
    .option('--ref <ref>', 'repositories: branch, tag or commit')
    .option('--full', 'databases: every row instead of a sample')
    .option('--sample-rows <count>', 'databases: rows to read of each table', toCount)
    .option('--tables <list>', 'databases: these tables only, separated by commas', toList)
    .option('--max-pages <count>', 'web sites: most pages to fetch', toCount)
    .option('--max-depth <count>', 'web sites: links to follow from the first page', toCount)
    .option('--allow-private', 'web sites and repositories: allow internal addresses')
    .addOption(new Option('--language <language>', 'language of the report').choices(['en', 'nl']).default('en'))
    .option('-q, --quiet', 'no progress bar')
    .addHelpText('after', EXAMPLES)
    .action((target: string, flags: ScanFlags) => execute(host, target, flags));
}

async function execute(host: ScanCommandHost, target: string, flags: ScanFlags): Promise<void> {
  const controller = new AbortController();
  const onInterrupt = (): void => {
    // The second time, the user does not want to wait for the partial report either.
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort();
  };
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt);
  try {
    const settings = loadScanSettings(host.environment);
    const source = parseTarget(target, flags);
    const baseline = flags.baseline === undefined ? undefined : readBaseline(flags.baseline, settings.keyId);
    const createReport = FORMATS[flags.format];
    if (!createReport) throw new Error(`Unknown format ${flags.format}`);
    const shown = withoutPassword(target);
    const wantsColour = host.environment['NO_COLOR'] === undefined || host.environment['NO_COLOR'] === '';
    const output = openReportOutput(flags.output, process.stdout);
    const { summary, baselineEntries } = await runScan({
      target: shown,
      source,
      options: toScanOptions(flags, settings, controller.signal),
      threads: flags.threads,
      report: createReport({
        target: shown,
        colours: wantsColour && flags.output === undefined && process.stdout.isTTY,
        version: host.version,
        language: flags.language,
      }),
      output,
      progress: createProgressView(
        flags.quiet === true ? { write: () => true } : process.stderr,
        systemClock.monotonic,
      ),
      baseline,
      now: systemClock.now,
    });
    await output.close();
    if (summary.isPartial) {
      process.stderr.write('Stopped before the end: the report is partial.\n');
      process.exitCode = EXIT_INTERRUPTED;
    } else if (flags.writeBaseline !== undefined) {
      const count = writeBaseline(flags.writeBaseline, settings.keyId, baselineEntries);
      process.stderr.write(`Baseline of ${count} findings written to ${flags.writeBaseline}\n`);
    } else if (reachesSeverity(summary, flags.failOn)) process.exitCode = EXIT_FINDINGS;
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exitCode = EXIT_FAILED;
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}

function toScanOptions(
  flags: ScanFlags,
  settings: ReturnType<typeof loadScanSettings>,
  signal: AbortSignal,
): ScanOptions {
  return {
    fingerprintKey: settings.fingerprintKey,
    signal,
    detection: {
      ...(flags.types === undefined ? {} : { types: flags.types }),
      ...(flags.minimumScore === undefined ? {} : { minimumScore: flags.minimumScore }),
    },
    ...(flags.incremental ? { incremental: { file: settings.incrementalFile } } : {}),
  };
}

function describeFailure(error: unknown): string {
  if (error instanceof ScannerError) return `dataguardian scan: ${error.message}\n${error.hint} [${error.code}]`;
  return `dataguardian scan: ${error instanceof Error ? error.message : String(error)}`;
}

/** The target without the password it may contain, for reports and messages. */
function withoutPassword(target: string): string {
  return target.replace(/^([a-z][a-z\d+.-]*:\/\/[^:@/\s]*):[^@/\s]*@/i, '$1:***@');
}

function toCount(value: string): number {
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('Give a whole number above 0.');
  return count;
}

function toScore(value: string): number {
  const score = Number(value);
  if (!(score >= 0 && score <= 1)) throw new InvalidArgumentError('Give a number from 0 to 1.');
  return score;
}

function toList(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

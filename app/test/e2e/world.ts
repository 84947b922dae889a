import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { freePort, launchBrowser, until } from '@dataguardian/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const startTimeoutMs = 120_000;
const stopTimeoutMs = 15_000;
const stepTimeoutMs = 30_000;

/** The person who signs in; the password is the one the first start prints. */
export interface Administrator {
  readonly email: string;
  readonly password: string;
}

/** A browser window that remembers everything it should not have done. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, content-security violations, uncaught errors, and requests that left the server's origin. */
  readonly complaints: string[];
}

/** How a visitor's browser is set up. */
export interface VisitorOptions {
  readonly language?: 'en' | 'nl';
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** The real product as its own process on an empty data folder, and one browser. */
export interface World {
  readonly url: string;
  /** The product's data folder. */
  readonly dataDir: string;
  readonly administrator: Administrator;
  /** A folder with known personal data to upload. */
  readonly folder: string;
  /** A folder that takes a while to scan. */
  readonly archive: string;
  visit(options?: VisitorOptions): Promise<Visitor>;
  close(): Promise<void>;
}

const email = 'privacy@example.nl';

/** What the uploaded folder holds: so many customers, each with a citizen number, an account and a mail address. */
export const customerCount = 40;

/** Different ones for more indexes than the archive has rows; a larger step would make some of ten digits. */
function toBsn(index: number): string {
  for (let start = 10_000_000 + index * 2003; ; start += 1) {
    const digits = Array.from(String(start), Number);
    const check = digits.reduce((sum, digit, place) => sum + digit * (9 - place), 0) % 11;
    if (check < 10) return `${start}${check}`;
  }
}

function writeFolder(root: string): string {
  const folder = join(root, 'customers');
  mkdirSync(join(folder, 'shop'), { recursive: true });
  const rows = Array.from(
    { length: customerCount },
    (_, index) => `Klant ${index},${toBsn(index)},klant${index}@example.nl`,
  );
  writeFileSync(join(folder, 'customers.csv'), ['naam,bsn,email', ...rows, ''].join('\n'));
  writeFileSync(join(folder, 'shop', 'settings.env'), 'SMTP_PASSWORD=h7Qz2vKx9mWp4TnR\n');
  writeFileSync(join(folder, 'readme.txt'), 'Nothing personal here.\n');
  return folder;
}

/** How many files the archive has; enough to see a scan on its way. */
export const archiveFileCount = 1500;

/** How many customers each file of the archive lists. */
export const rowsPerArchiveFile = 20;

function writeArchive(root: string): string {
  const folder = join(root, 'archive');
  mkdirSync(folder);
  const filler = 'lorem ipsum dolor sit amet '.repeat(20);
  for (let file = 0; file < archiveFileCount; file += 1) {
    const rows = Array.from(
      { length: rowsPerArchiveFile },
      (_, row) => `${toBsn(1000 + file * rowsPerArchiveFile + row)},${filler}`,
    );
    writeFileSync(join(folder, `export-${file}.csv`), ['bsn,notitie', ...rows, ''].join('\n'));
  }
  return folder;
}

interface Server {
  readonly process: ChildProcess;
  readonly output: () => string;
}

function startServer(dataDir: string, port: number): Server {
  const server = spawn(process.execPath, [main, 'start'], {
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATAGUARDIAN_DATA_DIR: dataDir,
      DATAGUARDIAN_ADMIN_EMAIL: email,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  server.stdout.on('data', collect);
  server.stderr.on('data', collect);
  return { process: server, output: () => output };
}

async function openVisitor(browser: Browser, url: string, options: VisitorOptions): Promise<Visitor> {
  const { language = 'en', theme = 'light', width = 1280, height = 800 } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    locale: language === 'en' ? 'en-GB' : 'nl-NL',
    colorScheme: theme,
    acceptDownloads: true,
    baseURL: url,
  });
  context.setDefaultTimeout(stepTimeoutMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    // The browser itself writes a line for the expected "nobody is signed in" answer; no page can prevent it.
    if (message.type() === 'error' && !/status of 401|\/nowhere$/.test(`${message.text()} ${message.location().url}`))
      complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
      complaints.push(`left the origin: ${request.url()}`);
  });
  return { page, context, complaints };
}

/** Starts the product as a person would on a fresh machine, and a browser beside it. */
export async function createWorld(): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), 'dataguardian-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dataDir = join(root, 'data');
  const server = startServer(dataDir, port);
  const browser = await launchBrowser();

  const password = await until(
    async () => {
      if (server.process.exitCode !== null) throw new Error(`The server stopped:\n${server.output()}`);
      const live = await fetch(`${url}/health/live`);
      return live.ok ? /[Pp]assword:?\s+(\S+)\s/.exec(server.output())?.[1] : undefined;
    },
    { timeoutMs: startTimeoutMs, intervalMs: 100, what: 'the first start, printing the password' },
  ).catch((cause: unknown) => {
    server.process.kill('SIGKILL');
    throw new Error(`The product did not start:\n${server.output()}`, { cause });
  });

  return {
    url,
    dataDir,
    administrator: { email, password },
    folder: writeFolder(root),
    archive: writeArchive(root),
    visit: (options = {}) => openVisitor(browser, url, options),
    close: async () => {
      await browser.close();
      const stopped = new Promise((done) => server.process.once('exit', done));
      server.process.kill('SIGTERM');
      const forced = setTimeout(() => server.process.kill('SIGKILL'), stopTimeoutMs);
      await stopped;
      clearTimeout(forced);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Signs in through the page. */
export async function signIn(page: Page, { email, password }: Administrator): Promise<void> {
  await page.goto('/');
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('main#content h1').waitFor();
}

/** The path below the tests' own folder of the built pages. */
export const builtPages: string = join(dirname(main), '../web/dist');

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settings } from '../../web/src/i18n/messages/en/settings.ts';
import { en } from '../../web/src/i18n/messages/en.ts';
import { nl } from '../../web/src/i18n/messages/nl.ts';
import { findViolations } from './axe.ts';
import { countRows, noteProgress } from './scan-page.ts';
import {
  type Visitor,
  type World,
  archiveFileCount,
  createWorld,
  customerCount,
  rowsPerArchiveFile,
  signIn,
} from './world.ts';

const dictionaries = { en, nl } as const;
const scanTimeoutMs = 90_000;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

/** Uploads the prepared folder and waits until its scan is complete; ends on the scan's page. */
async function scanFolder(page: Page, t: (typeof dictionaries)['en' | 'nl']): Promise<void> {
  await page.getByRole('link', { name: t['shell.scans'], exact: true }).click();
  await page.getByRole('link', { name: t['scans.new'] }).first().click();
  await page.getByTestId('folder').setInputFiles(world.folder);
  await page.getByText('customers/customers.csv').waitFor();
  await page.getByRole('button', { name: t['newScan.start'] }).click();
  await page.getByRole('heading', { level: 1, name: basename(world.folder) }).waitFor();
  await page.getByText(t['status.completed'], { exact: true }).waitFor({ timeout: scanTimeoutMs });
}

async function downloadReport(page: Page, name: string): Promise<Download> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: new RegExp(` ${name}: `) }).click(),
  ]);
  return download;
}

async function readDownload(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

describe.each(['en', 'nl'] as const)('a person who reads %s', (language) => {
  const t = dictionaries[language];
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await world.visit({ language });
  });
  afterAll(() => visitor.context.close());

  it('is told when address and password do not belong together', async () => {
    const { page } = visitor;
    await page.goto('/');
    await page.locator('input[name=email]').fill(world.administrator.email);
    await page.locator('input[name=password]').fill('not the password');
    await page.locator('button[type=submit]').click();
    await page.locator('[aria-live=assertive] p').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
  });

  it('signs in with the password of the first start', async () => {
    const { page } = visitor;
    await signIn(page, world.administrator);
    await page.getByRole('heading', { level: 1, name: t['shell.overview'] }).waitFor();
    expect(await page.title()).toBe(`${t['shell.overview']} · DataGuardian Pro`);
  });

  it('uploads a folder, watches the scan and sees its findings', async () => {
    const { page } = visitor;
    await scanFolder(page, t);
    const table = page.getByRole('grid', { name: t['findings.table'] });
    await table.locator('[data-finding]').first().waitFor();
    // The list is read again once the scan has ended.
    await expect.poll(() => countRows(table)).toBeGreaterThanOrEqual(2 * customerCount);
  });

  it('decides about one finding by keyboard and about two by mouse', async () => {
    const { page } = visitor;
    const lines = page.locator('[data-finding]');
    await lines.first().focus();
    await page.keyboard.press('f');
    await page.getByRole('textbox', { name: t['triage.reason'] }).fill('Test data');
    await page.keyboard.press('Enter');
    await lines.filter({ hasText: t['triage.false_positive'] }).first().waitFor();

    const open = lines.filter({ hasText: t['triage.open'] });
    await open.nth(0).getByRole('checkbox').check();
    await open.nth(1).getByRole('checkbox').check();
    await page.getByRole('toolbar').getByRole('button', { name: t['triage.do.confirmed'] }).click();
    await lines.filter({ hasText: t['triage.confirmed'] }).nth(1).waitFor();
    expect(await page.locator('[role=grid] [aria-selected=true]').count()).toBe(0);
  });

  it('filters the findings down to secrets', async () => {
    const { page } = visitor;
    await page.getByRole('combobox', { name: t['findings.category'] }).selectOption('credential');
    await page.waitForURL(/category=credential/);
    const table = page.getByRole('grid', { name: t['findings.table'] });
    await expect.poll(() => countRows(table), { timeout: 20_000 }).toBe(1);
  });

  it('takes the report along as PDF and CSV', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: t['shell.reports'], exact: true }).click();
    await page
      .getByRole('button', { name: new RegExp(`^${t['scan.report']}: `) })
      .first()
      .click();
    const pdf = await readDownload(await downloadReport(page, t['reports.pdf']));
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.subarray(-8).toString()).toContain('%%EOF');
    const csv = (await readDownload(await downloadReport(page, t['reports.csv']))).toString('utf8');
    expect(csv.trim().split(/\r?\n/).length).toBeGreaterThan(2 * customerCount);
    expect(csv).not.toContain('klant1@example.nl');
    await page.keyboard.press('Escape');
  });

  it('looks at the report in the same language', async () => {
    const { page, context } = visitor;
    await page
      .getByRole('button', { name: new RegExp(`^${t['scan.report']}: `) })
      .first()
      .click();
    const [report] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('link', { name: t['reports.preview'] }).click(),
    ]);
    await report.waitForLoadState();
    expect(await report.locator('html').getAttribute('lang')).toBe(language);
    expect(await report.getByRole('heading').count()).toBeGreaterThan(3);
    await report.close();
    await page.keyboard.press('Escape');
  });

  it('sees the risk on the overview', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: t['shell.overview'], exact: true }).click();
    const gauge = page.getByRole('img', { name: new RegExp(t['risk.gauge'].split(' {')[0] ?? '') });
    await gauge.waitFor();
    expect(Number(/\d+/.exec((await gauge.getAttribute('aria-label')) ?? '')?.[0])).toBeGreaterThanOrEqual(50);
  });

  it('signs out and is asked to sign in again', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: t['shell.signOut'] }).click();
    await page.locator('input[name=password]').waitFor();
    await page.goto('/findings');
    await page.locator('input[name=password]').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
  });

  it('caused no error, no policy violation and no request to another origin', () => {
    expect(visitor.complaints).toEqual([]);
  });
});

const places = [
  '/',
  '/scans',
  '/scans/new',
  '/findings',
  '/reports',
  '/admin/users',
  '/admin/activity',
  '/admin/settings',
  '/account',
  '/nowhere',
] as const;

describe.each([
  { theme: 'light', language: 'en', width: 1440, height: 900 },
  { theme: 'dark', language: 'nl', width: 1440, height: 900 },
  { theme: 'light', language: 'nl', width: 390, height: 844 },
  { theme: 'dark', language: 'en', width: 768, height: 1024 },
] as const)('in $theme, $language, at $width pixels', (options) => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await world.visit(options);
  });
  afterAll(() => visitor.context.close());

  const look = async (): Promise<readonly string[]> => {
    const { page } = visitor;
    const isTooWide = await page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    return [...(isTooWide ? ['scrolls sideways'] : []), ...(await findViolations(page))];
  };

  it('the sign-in page is accessible and fits', async () => {
    await visitor.page.goto('/');
    await visitor.page.locator('input[name=email]').waitFor();
    expect(await look()).toEqual([]);
    await signIn(visitor.page, world.administrator);
  });

  it.each(places)('%s is accessible and fits', async (path) => {
    await visitor.page.goto(path);
    await visitor.page.getByRole('heading', { level: 1 }).waitFor();
    await visitor.page.waitForLoadState('networkidle');
    expect(await look()).toEqual([]);
  });

  it('the page of a scan is accessible and fits', async () => {
    await visitor.page.goto('/scans');
    await visitor.page.getByRole('link', { name: 'customers' }).first().click();
    await visitor.page.locator('[data-finding]').first().click();
    await visitor.page.getByRole('heading', { level: 4 }).first().waitFor();
    await visitor.page.waitForLoadState('networkidle');
    expect(await look()).toEqual([]);
  });

  it('the browser had nothing to complain about', () => {
    expect(visitor.complaints).toEqual([]);
  });
});

describe('a scan that takes a while', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await world.visit();
    await signIn(visitor.page, world.administrator);
  });
  afterAll(() => visitor.context.close());

  const start = async (name: string, beforeStart?: () => Promise<void>): Promise<void> => {
    const { page } = visitor;
    await page.goto('/scans/new');
    await page.getByRole('radio', { name: en['source.path'] }).check({ force: true });
    await page.getByRole('textbox', { name: en['newScan.path'] }).fill(world.archive);
    await page.getByRole('textbox', { name: en['newScan.name'] }).fill(name);
    await beforeStart?.();
    await page.getByRole('button', { name: en['newScan.start'] }).click();
  };

  it('shows true progress on the way', async () => {
    const { page } = visitor;
    await start('archive', () => page.evaluate(noteProgress));
    await expect
      .poll(() => page.evaluate<number[]>('window.notedProgress'), { timeout: scanTimeoutMs })
      .toEqual(expect.arrayContaining([expect.toSatisfy((value: number) => value > 0 && value < 100)]));
    await page.getByText(en['status.completed'], { exact: true }).waitFor({ timeout: scanTimeoutMs });
    const table = page.getByRole('grid', { name: en['findings.table'] });
    const least = archiveFileCount * rowsPerArchiveFile;
    await expect.poll(() => countRows(table), { timeout: 20_000 }).toBeGreaterThanOrEqual(least);
  });

  it('draws only the rows in view of thousands', async () => {
    const { page } = visitor;
    const table = page.getByRole('grid', { name: en['findings.table'] });
    await page.locator('[data-finding]').first().focus();
    const active = page.locator('[data-finding][data-active=true]');
    await expect
      .poll(
        async () => {
          await page.keyboard.press('PageDown');
          return Number(await active.getAttribute('aria-rowindex'));
        },
        { timeout: 30_000, interval: 20 },
      )
      .toBeGreaterThan(400);
    await expect.poll(() => page.evaluate('document.activeElement.dataset.active')).toBe('true');
    expect(await table.locator('[data-finding]').count()).toBeLessThan(60);
  });

  it('can be cancelled', async () => {
    const { page } = visitor;
    await start('archive again');
    await page.getByRole('button', { name: en['scan.cancel'] }).click();
    await page.getByText(en['status.cancelled'], { exact: true }).waitFor({ timeout: scanTimeoutMs });
    await expect.poll(() => page.getByRole('button', { name: en['scan.retry'] }).isVisible()).toBe(true);
  });

  it('caused no error', () => {
    expect(visitor.complaints).toEqual([]);
  });
});

describe('an auditor', () => {
  it('gets a password that is shown once, and a product without ways to change anything', async () => {
    const { page, context, complaints } = await world.visit();
    await signIn(page, world.administrator);
    await page.getByRole('link', { name: en['shell.users'] }).click();
    await page.getByRole('button', { name: en['users.new'] }).click();
    const dialog = page.getByRole('dialog', { name: en['users.new'] });
    await dialog.getByRole('textbox', { name: en['users.email'] }).fill('auditor@example.nl');
    await dialog.getByRole('combobox', { name: en['users.role'] }).selectOption('auditor');
    await dialog.getByRole('button', { name: en['users.create'] }).click();
    const password = (await page.getByRole('status', { name: /auditor@example.nl/ }).textContent()) ?? '';
    expect(password.length).toBeGreaterThanOrEqual(12);

    const auditor = await world.visit();
    await signIn(auditor.page, { email: 'auditor@example.nl', password });
    const navigation = auditor.page.getByRole('navigation');
    expect(await navigation.getByRole('link', { name: en['shell.users'] }).count()).toBe(0);
    expect(await navigation.getByRole('link', { name: en['shell.performance'] }).count()).toBe(0);
    expect(await auditor.page.getByRole('link', { name: en['scans.new'] }).count()).toBe(0);
    await navigation.getByRole('link', { name: en['shell.findings'] }).click();
    await auditor.page.locator('[data-finding]').first().click();
    expect(await auditor.page.getByRole('checkbox').count()).toBe(0);
    expect(await auditor.page.getByRole('button', { name: en['triage.do.confirmed'], exact: true }).count()).toBe(0);
    expect([...complaints, ...auditor.complaints]).toEqual([]);
    await auditor.context.close();
    await context.close();
  });
});

describe('an administrator', () => {
  it('decides how long scans are kept, and is told what is no number of days', async () => {
    const { page, context } = await world.visit({ language: 'en' });
    await page.goto('/');
    await signIn(page, world.administrator);
    await page.getByRole('link', { name: en['shell.settings'] }).click();
    const days = page.getByLabel(settings['settings.days']);
    await days.fill('0');
    await page.getByRole('button', { name: settings['settings.saveRetention'] }).click();
    await page.getByText(settings['settings.daysWrong']).waitFor();
    await days.fill('90');
    await page.getByRole('button', { name: settings['settings.saveRetention'] }).click();
    await page.getByText(settings['settings.saved']).waitFor();
    await page.reload();
    expect(await page.getByLabel(settings['settings.days']).inputValue()).toBe('90');
    await context.close();
  });
});

describe('when the server does not answer', () => {
  it('a page says so and what to do, and goes on when the server is back', async () => {
    const { page, context } = await world.visit();
    await signIn(page, world.administrator);
    await context.route(/\/(?:api|health)\//, (route) => route.abort());
    await page.getByRole('link', { name: en['shell.findings'], exact: true }).click();
    await page.getByText(en['problem.unreachable'], { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByText(en['shell.offline']).waitFor({ timeout: 60_000 });
    await context.unrouteAll();
    await page.getByRole('button', { name: en['problem.retry'] }).click();
    await page.locator('[data-finding]').first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.getByText(en['shell.offline']).waitFor({ state: 'hidden', timeout: 60_000 });
    await context.close();
  });
});

describe('with the keyboard alone', () => {
  it('a person signs in, skips to the content, chooses a source and starts a scan', async () => {
    const { page, context, complaints } = await world.visit();
    await page.goto('/');
    await page.locator('input[name=email]').waitFor();
    await page.keyboard.type(world.administrator.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(world.administrator.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: en['shell.overview'] }).waitFor();

    const focused = (what: string): Promise<unknown> => page.evaluate(`document.activeElement.${what}`);
    await page.keyboard.press('Tab');
    await expect.poll(() => focused('textContent')).toBe(en['shell.skip']);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused('id')).toBe('content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: en['newScan.title'] }).waitFor();
    // After a change of page the focus is on its heading, so the next stop is inside the page.
    await expect.poll(() => focused('tagName')).toBe('H1');

    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.type('relative/path');
    await page.keyboard.press('Enter');
    await page.getByText(en['newScan.pathRelative']).waitFor();
    await expect.poll(() => focused('name')).toBe('path');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(world.folder);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'customers' }).waitFor();
    await page.getByText(en['status.completed'], { exact: true }).waitFor({ timeout: scanTimeoutMs });

    await page.locator('[data-finding]').first().focus();
    await page.keyboard.press('j');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: en['findings.shortcutsTitle'] }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('c');
    await page.locator('[data-finding][data-status=confirmed]').first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

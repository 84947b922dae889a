import { launchBrowser } from '@dataguardian/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findViolations } from './axe.ts';
import { holds } from './holds.ts';
import { startDashboardServer, type DashboardServer } from './world.ts';

const PAGES = [
  '',
  'requests',
  'database',
  'cache',
  'sessions',
  'profiler',
  'scans',
  'recommendations',
  'alerts',
  'proof',
] as const;
const THEMES = ['light', 'dark'] as const;
const LANGUAGES = ['en', 'nl'] as const;
const WIDTHS = [390, 1440] as const;
const HEIGHT = 900;
const VARIANTS = THEMES.flatMap((theme) =>
  LANGUAGES.flatMap((language) => WIDTHS.map((width) => ({ theme, language, width }))),
);

let server: DashboardServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startDashboardServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

describe.each(VARIANTS)('the pages in $theme, $language, at $width pixels', ({ theme, language, width }) => {
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    context = await browser.newContext({ viewport: { width, height: HEIGHT } });
    await context.addInitScript(
      `localStorage.setItem('dataguardian.theme', '${theme}'); localStorage.setItem('dataguardian.language', '${language}')`,
    );
    page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(server.address) && !/^(?:data|blob):/.test(url)) complaints.push(`left the origin: ${url}`);
    });
    await page.goto(`${server.address}/admin/performance`);
  });
  afterAll(() => context.close());

  it('are these, each with its place in the navigation', async () => {
    const paths = await page.evaluate<string[]>(
      `[...document.querySelectorAll('nav a')].map((link) => link.dataset.page)`,
    );
    expect(paths).toEqual(PAGES.map((name) => (name === '' ? '' : `/${name}`)));
  });

  it.each(PAGES)('show "%s" accessibly and within the width', async (name) => {
    await page.locator(`nav a[data-page="${name === '' ? '' : `/${name}`}"]`).click();
    await holds(page, `location.pathname === '/admin/performance${name === '' ? '' : `/${name}`}'`);
    await page.locator('main .skeleton').waitFor({ state: 'detached' });
    await page.locator('main .card, main .tile').first().waitFor();
    await holds(
      page,
      `[...document.querySelectorAll('.stage .plot')].every((plot) => plot.querySelector('.main-svg') !== null)`,
    );
    expect(await findViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    const bars = await page.locator('.modebar-btn').count();
    expect([bars, complaints]).toEqual([0, []]);
    // Whatever is drawn can be taken along.
    const bare = await page.evaluate<number>(
      `[...document.querySelectorAll('.js-plotly-plot, canvas.heat')].filter((chart) => chart.closest('figure')?.querySelector('details.save') == null).length`,
    );
    expect(bare).toBe(0);
  });
});

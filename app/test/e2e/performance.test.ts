import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findViolations } from './axe.ts';
import { createWorld, signIn, type Visitor, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const VARIANTS = [
  { theme: 'light', language: 'en', width: 1440, heading: 'Performance' },
  { theme: 'dark', language: 'nl', width: 390, heading: 'Prestaties' },
] as const;

describe.each(VARIANTS)('the performance page in $theme, $language, at $width pixels', (variant) => {
  let visitor: Visitor;

  beforeAll(async () => {
    visitor = await world.visit();
    const { page } = visitor;
    await page.setViewportSize({ width: variant.width, height: 900 });
    await signIn(page, world.administrator);
    await page.evaluate(
      `localStorage.setItem('dataguardian.theme', '${variant.theme}'); localStorage.setItem('dataguardian.language', '${variant.language}')`,
    );
    await page.goto('/admin/performance');
    await page.getByRole('heading', { level: 1, name: variant.heading }).waitFor();
  });
  afterAll(() => visitor.context.close());

  it('draws figures of this moment', async () => {
    await visitor.page.locator('.plot .main-svg').first().waitFor();
    await visitor.page.locator('.health .tile').nth(3).waitFor();
    // Looked at from outside: the page's own rules let nothing be evaluated in it.
    await visitor.page.locator('.plot .js-line').nth(9).waitFor({ state: 'attached' });
    await expect.poll(() => visitor.page.locator('.health .tile.up').count()).toBe(4);
    await expect.poll(() => visitor.page.locator('.status').textContent()).toBe('Live');
  });

  it('is accessible', async () => {
    expect(await findViolations(visitor.page)).toEqual([]);
  });

  it('fits its width', async () => {
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  it('gives the browser nothing to complain about', () => {
    // Before signing in the product asks who is signed in, and the browser notes the refusal.
    expect(visitor.complaints.filter((complaint) => !/401 \(Unauthorized\)/.test(complaint))).toEqual([]);
  });
});

it('is not there for somebody who is signed out', async () => {
  const visitor = await world.visit();
  const answer = await visitor.page.goto('/admin/performance');
  expect(answer?.status()).toBe(404);
  await visitor.context.close();
});

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt, STEP_MS } from '../../src/features/accounts/second-factor/totp.ts';
import { entryMessages } from '../../web/src/i18n/messages/entry.ts';
import { factor as english } from '../../web/src/i18n/messages/en/factor.ts';
import { settings } from '../../web/src/i18n/messages/en/settings.ts';
import { en as enTexts } from '../../web/src/i18n/messages/en.ts';
import { factor as dutch } from '../../web/src/i18n/messages/nl/factor.ts';
import { nl as nlTexts } from '../../web/src/i18n/messages/nl.ts';
import { findViolations } from './axe.ts';
import { createWorld, signIn, type Administrator, type Visitor, type World } from './world.ts';

const en = { ...enTexts, ...english, ...settings } as const;
const nl = { ...nlTexts, ...dutch } as const;
const dictionaries = { en, nl } as const;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

/** The code that an authenticator app shows for a key as the page writes it. */
function codeOf(key: string, stepsAhead = 0): string {
  const bits = Array.from(key.replaceAll(' ', ''), (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  const secret = Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
  return codeAt(secret, Math.floor(Date.now() / STEP_MS) + stepsAhead);
}

/** The browser itself writes a line for each refusal. */
const unexpected = ({ complaints }: Visitor): readonly string[] =>
  complaints.filter((line) => !/status of (?:400|403|409)/.test(line));

async function signOut(page: Page): Promise<void> {
  await page.request.post('/api/auth/logout', { failOnStatusCode: true });
  await page.goto('/');
  await page.locator('input[name=password]').waitFor();
}

async function fillPassword(page: Page, { email, password }: Administrator): Promise<void> {
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('input[name=password]').press('Enter');
}

describe.each(['en', 'nl'] as const)('a person who reads %s', (language) => {
  const t = { ...dictionaries[language], ...entryMessages[language] };
  const person: Administrator = { email: `factor-${language}@example.nl`, password: 'a few unrelated words' };
  let visitor: Visitor;
  let key = '';
  let recoveryCodes: readonly string[] = [];

  beforeAll(async () => {
    const boss = await world.visit({ language });
    await signIn(boss.page, world.administrator);
    await boss.page.request.post('/api/users', { data: { ...person, role: 'admin' }, failOnStatusCode: true });
    await boss.context.close();
    visitor = await world.visit({ language });
    await signIn(visitor.page, person);
    await visitor.page.goto('/account');
  });
  afterAll(() => visitor.context.close());

  it('sets a second factor up with the keyboard alone, sees the key once and keeps the recovery codes', async () => {
    const { page } = visitor;
    const setUp = page.getByRole('button', { name: t['factor.setUp'] });
    await setUp.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: t['factor.title'] });
    await dialog.getByRole('img', { name: t['factor.qr'] }).waitFor();
    key = (await dialog.getByRole('status', { name: t['factor.key'] }).textContent()) ?? '';
    expect(key).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    expect(await findViolations(page)).toEqual([]);
    const code = dialog.getByLabel(t['factor.step2']);
    await code.focus();
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    await dialog.getByText(t['factor.codeMissing']).waitFor();
    await code.fill(codeOf(key));
    await page.keyboard.press('Enter');
    const done = page.getByRole('dialog', { name: t['factor.done'] });
    const codes = done.getByRole('list', { name: t['factor.codes'] }).getByRole('listitem');
    await codes.first().waitFor();
    recoveryCodes = await codes.allTextContents();
    expect(recoveryCodes).toHaveLength(10);
    expect(await findViolations(page)).toEqual([]);
    await done.getByRole('button', { name: t['factor.kept'] }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(t['factor.on'].replace('{count}', '10')).waitFor();
  });

  it('signs in with password and code; a wrong code opens nothing', async () => {
    const { page } = visitor;
    await signOut(page);
    await fillPassword(page, person);
    await page.getByText(t['entry.codeNeeded']).waitFor();
    const code = page.getByLabel(t['entry.code'], { exact: true });
    await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('code');
    await code.fill('000000');
    await code.press('Enter');
    await page.getByText(t['entry.codeWrong']).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await code.fill(codeOf(key, 1));
    await code.press('Enter');
    await page.getByRole('link', { name: t['shell.account'] }).waitFor();
  });

  it('signs in with a recovery code, of which one is left less', async () => {
    const { page } = visitor;
    await signOut(page);
    await fillPassword(page, person);
    await page.getByLabel(t['entry.code'], { exact: true }).fill(recoveryCodes[0] ?? '');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: t['shell.account'] }).click();
    const left = page.getByText(t['factor.on'].replace('{count}', '9'));
    await left.waitFor();
    expect(await left.isVisible()).toBe(true);
  });

  it('makes new recovery codes, then turns it off', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: t['factor.renew'] }).click();
    const renewing = page.getByRole('dialog', { name: t['factor.codes'] });
    await renewing.getByRole('button', { name: t['factor.renew'] }).click();
    const codes = renewing.getByRole('listitem');
    await codes.first().waitFor();
    expect(await codes.allTextContents()).not.toContain(recoveryCodes[1]);
    await renewing.getByRole('button', { name: t['factor.kept'] }).click();
    await page.getByText(t['factor.on'].replace('{count}', '10')).waitFor();
    await page.getByRole('button', { name: t['factor.turnOff'] }).click();
    const dialog = page.getByRole('dialog', { name: t['factor.offTitle'] });
    await dialog.getByRole('button', { name: t['factor.turnOff'] }).click();
    await page.getByText(t['factor.off'], { exact: true }).waitFor();
  });

  it('never left the origin, and had nothing else to complain about', () => {
    expect(unexpected(visitor)).toEqual([]);
  });
});

it('an administrator who must have one sees nothing else before', async () => {
  const other: Administrator = { email: 'due@example.nl', password: 'a few unrelated words' };
  const boss = await world.visit();
  await signIn(boss.page, world.administrator);
  const { request } = boss.page;
  await request.post('/api/users', { data: { ...other, role: 'admin' }, failOnStatusCode: true });
  await boss.page.goto('/account');
  await boss.page.getByRole('button', { name: en['factor.setUp'] }).click();
  const key = await boss.page.getByRole('status', { name: en['factor.key'] }).textContent();
  await boss.page.getByLabel(en['factor.step2']).fill(codeOf(key ?? ''));
  await boss.page.keyboard.press('Enter');
  await boss.page.getByRole('button', { name: en['factor.kept'] }).click();
  await boss.page.goto('/admin/settings');
  await boss.page.getByLabel(en['settings.factor']).check();
  await boss.page.getByRole('button', { name: en['settings.saveSignIn'] }).click();
  await boss.page.getByText(en['settings.saved']).waitFor();
  expect(await findViolations(boss.page)).toEqual([]);

  const due = await world.visit();
  await due.page.goto('/');
  await fillPassword(due.page, other);
  await due.page.getByText(en['factor.required']).waitFor();
  expect(new URL(due.page.url()).pathname).toBe('/account');

  await boss.page.goto('/admin/users');
  await boss.page.getByRole('combobox', { name: en['users.roleOf'].replace('{email}', other.email) }).waitFor();
  expect(
    await boss.page.getByRole('button', { name: en['users.factorOf'].replace('{email}', other.email) }).count(),
  ).toBe(0);
  await boss.page.getByLabel(en['users.roleOf'].replace('{email}', other.email)).waitFor();
  await boss.page.request.patch('/api/settings', { data: { adminsNeedSecondFactor: false }, failOnStatusCode: true });
  await due.context.close();
  await boss.context.close();
});

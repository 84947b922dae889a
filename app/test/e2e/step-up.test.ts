import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@dataguardian/testing';
import { Client } from 'pg';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actions as english } from '../../web/src/i18n/messages/en/actions.ts';
import { actions as dutch } from '../../web/src/i18n/messages/nl/actions.ts';
import { en } from '../../web/src/i18n/messages/en.ts';
import { nl } from '../../web/src/i18n/messages/nl.ts';
import { findViolations } from './axe.ts';
import { createWorld, signIn, type Administrator, type Visitor, type World } from './world.ts';

const dictionaries = { en, nl } as const;
const actions = { en: english, nl: dutch } as const;
/** What the performance pages say. */
const performance = {
  en: {
    show: 'Show',
    end: 'End',
    title: 'Confirm that it is you',
    password: 'Password',
    wrong: 'The password is not right.',
  },
  nl: {
    show: 'Tonen',
    end: 'Beëindigen',
    title: 'Bevestig dat u het bent',
    password: 'Wachtwoord',
    wrong: 'Het wachtwoord klopt niet.',
  },
} as const;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

/** Lets the latest proof of identity of everybody be an hour old, and waits until the server knows. */
async function ageProofs(page: Page): Promise<void> {
  const { connectionString } = JSON.parse(readFileSync(join(world.dataDir, 'connection.json'), 'utf8')) as {
    connectionString: string;
  };
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(
    `with aged as (update sessions set authenticated_at = authenticated_at - interval '1 hour', version = version + 1
       returning handle)
     select pg_notify('dataguardian_sessions_ended', handle::text) from aged`,
  );
  await client.end();
  const missing = '/api/me/sessions/00000000-0000-4000-8000-000000000000';
  await until(async () => (await page.request.delete(missing)).status() === 403);
}

/** The browser itself writes a line for the refusal that opens the dialog, and for a wrong password. */
const unexpected = ({ complaints }: Visitor): readonly string[] =>
  complaints.filter((line) => !/status of (?:403|400)/.test(line));

describe.each(['en', 'nl'] as const)('an administrator who signed in a while ago and reads %s', (language) => {
  const t = dictionaries[language];
  const analyst: Administrator = { email: `analyst-${language}@example.nl`, password: 'a few unrelated words' };
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await world.visit({ language });
    await signIn(visitor.page, world.administrator);
    const { page } = visitor;
    await page.request.post('/api/users', { data: { ...analyst, role: 'analyst' }, failOnStatusCode: true });
    await page.goto('/admin/users');
    await page.getByRole('combobox', { name: t['users.roleOf'].replace('{email}', analyst.email) }).waitFor();
    await ageProofs(page);
  });
  afterAll(() => visitor.context.close());

  it('is asked for the password before a role is changed, and nothing happens without it', async () => {
    const { page } = visitor;
    const role = page.getByRole('combobox', { name: t['users.roleOf'].replace('{email}', analyst.email) });
    await role.selectOption('manager');
    const dialog = page.getByRole('dialog', { name: t['confirm.title'] });
    await dialog.waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.autocomplete')).toBe('current-password');
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.reload();
    await role.waitFor();
    expect(await role.inputValue()).toBe('analyst');
  });

  it('types a wrong one, then the right one, and what was begun is done', async () => {
    const { page } = visitor;
    const role = page.getByRole('combobox', { name: t['users.roleOf'].replace('{email}', analyst.email) });
    await role.selectOption('manager');
    const dialog = page.getByRole('dialog', { name: t['confirm.title'] });
    const password = dialog.getByLabel(t['account.current'], { exact: true });
    await password.fill('not the one');
    await dialog.getByRole('button', { name: t['confirm.do'] }).click();
    await dialog.getByRole('alert').waitFor();
    await password.fill(world.administrator.password);
    await dialog.getByRole('button', { name: t['confirm.do'] }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText(t['users.roleChanged'].replace('{email}', analyst.email)).waitFor();
    await expect.poll(() => role.inputValue()).toBe('manager');
  });

  it('is not asked again, signs a user out everywhere, and finds all of it in the activity', async () => {
    const { page } = visitor;
    const other = await world.visit({ language });
    await signIn(other.page, analyst);
    await page.getByRole('button', { name: t['users.sessionsOf'].replace('{email}', analyst.email) }).click();
    const dialog = page.getByRole('dialog', { name: t['users.sessionsTitle'].replace('{email}', analyst.email) });
    await dialog.getByRole('button', { name: t['users.signOutEverywhere'] }).click();
    await dialog.getByText(t['users.noSessions']).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await other.page.goto('/');
    await other.page.locator('input[name=password]').waitFor();
    await other.context.close();
    await page.getByRole('link', { name: t['shell.activity'] }).click();
    await page.getByRole('cell', { name: actions[language]['session.revoke-user'] }).first().waitFor();
    await page.getByRole('cell', { name: actions[language].confirmed }).first().waitFor();
  });

  it('signs the own other devices out', async () => {
    const { page } = visitor;
    const other = await world.visit({ language });
    await signIn(other.page, world.administrator);
    await page.getByRole('link', { name: t['shell.account'] }).click();
    await page.getByRole('button', { name: t['account.revokeOthers'] }).click();
    await page.getByText(t['account.othersRevoked']).waitFor();
    await other.page.goto('/');
    await other.page.locator('input[name=password]').waitFor();
    await expect.poll(() => page.getByRole('button', { name: t['account.revokeOthers'] }).count()).toBe(0);
    await other.context.close();
  });

  it('is asked on the performance pages, too, before a session is ended there', async () => {
    const { page } = visitor;
    const words = performance[language];
    const other = await world.visit({ language });
    await signIn(other.page, analyst);
    await ageProofs(page);
    await page.evaluate(`localStorage.setItem('dataguardian.language', '${language}')`);
    await page.goto('/admin/performance/sessions');
    await page.getByRole('row', { name: analyst.email }).getByRole('button', { name: words.show }).click();
    page.on('dialog', (question) => void question.accept());
    await page.getByRole('button', { name: words.end, exact: true }).first().click();
    const dialog = page.getByRole('dialog', { name: words.title });
    await dialog.waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.autocomplete')).toBe('current-password');
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.type('not the one');
    await page.keyboard.press('Enter');
    await dialog.getByText(words.wrong).waitFor();
    await dialog.getByLabel(words.password).fill(world.administrator.password);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await other.page.goto('/');
    await other.page.locator('input[name=password]').waitFor();
    await other.context.close();
  });

  it('had nothing else to complain about', () => {
    expect(unexpected(visitor)).toEqual([]);
  });
});

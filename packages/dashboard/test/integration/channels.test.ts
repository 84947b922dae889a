import { createHmac } from 'node:crypto';
import { createFakeClock, type FakeClock } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryAlertStore } from '../../src/alerts/memory-alert-store.ts';
import type { AlertStore } from '../../src/alerts/alert-store.ts';
import { parseRule } from '../../src/alerts/rule.ts';
import { createChannelBook, type ChannelBook } from '../../src/channels/channel-book.ts';
import { createSeal } from '../../src/channels/seal.ts';
import { alertOf } from '../contract/alert-store.ts';
import { startHookReceiver, type HookReceiver } from './hook-receiver.ts';
import { startSmtpReceiver, type SmtpReceiver } from './smtp-receiver.ts';

let hooks: HookReceiver;
let smtp: SmtpReceiver;
let clock: FakeClock;
let store: AlertStore;
let channels: ChannelBook;

beforeEach(async () => {
  [hooks, smtp] = await Promise.all([startHookReceiver(), startSmtpReceiver()]);
  clock = createFakeClock();
  store = createMemoryAlertStore();
  channels = createChannelBook({
    store,
    now: () => clock.now(),
    seal: createSeal('a secret of the test'),
    service: 'shop',
    url: 'https://shop.example.org/admin/performance',
    onFault: (error) => {
      throw error;
    },
  });
});

afterEach(() => Promise.all([hooks.close(), smtp.close()]));

const fire = async (channelId: string): Promise<void> => {
  await store.fire(alertOf({ id: 'a', firedAt: clock.now() }), [channelId]);
  await channels.deliver();
};

const mailChannel = {
  kind: 'email',
  name: 'mail',
  host: '127.0.0.1',
  from: 'robot@example.org',
  to: ['ops@example.org', 'two@example.org'],
};

describe('a webhook', () => {
  it('gets the alert, signed, with a name by which repetitions are known', async () => {
    const { id, secret } = await channels.create({ kind: 'webhook', name: 'hook', url: `${hooks.url}/in?token=t` });
    await fire(id);
    const [hook] = hooks.hooks;
    expect(hook?.path).toBe('/in?token=t');
    expect(JSON.parse(hook?.body ?? '')).toMatchObject({
      kind: 'fired',
      service: 'shop',
      alert: { id: 'a', name: 'Slow' },
    });
    const [, seconds = '', signature = ''] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(hook?.headers['x-dataguardian-signature'])) ?? [];
    expect(signature).toBe(
      createHmac('sha256', secret ?? '')
        .update(`${seconds}.${hook?.body}`)
        .digest('hex'),
    );
    expect(hook?.headers['idempotency-key']).toBe(`a:${id}:fired`);
  });

  it('is tried again later, and given up in the end', async () => {
    const { id } = await channels.create({ kind: 'webhook', name: 'hook', url: hooks.url });
    hooks.answer(503);
    await fire(id);
    await channels.deliver();
    expect(hooks.hooks).toHaveLength(1);
    expect(await store.deliveries(1)).toMatchObject([{ state: 'waiting', error: 'The receiver answered 503.' }]);
    for (const wait of [10, 60, 300, 1_800, 1_800]) {
      await clock.advance(wait * 1_000);
      await channels.deliver();
    }
    expect(hooks.hooks).toHaveLength(5);
    expect(await store.deliveries(1)).toMatchObject([{ state: 'failed', attemptCount: 5 }]);
  });

  it('is not followed to another address', async () => {
    const { id } = await channels.create({ kind: 'webhook', name: 'hook', url: hooks.url });
    hooks.answer(302);
    await fire(id);
    expect(hooks.hooks.map(({ path }) => path)).toEqual(['/']);
    expect(await store.deliveries(1)).toMatchObject([{ state: 'waiting' }]);
  });

  it('that is not there is reported without its address', async () => {
    const { id } = await channels.create({ kind: 'webhook', name: 'hook', url: `${hooks.url}/token-of-the-hook` });
    await hooks.close();
    const delivery = await channels.test(id);
    expect(delivery.state).toBe('failed');
    expect(delivery.error).toMatch(/cannot be reached/);
    expect(delivery.error).not.toMatch(/token|127\.0\.0\.1/);
  });
});

describe('a Slack-compatible hook', () => {
  it('gets text without markup that others could put in', async () => {
    const { id } = await channels.create({ kind: 'slack', name: 'chat', url: hooks.url });
    await store.fire(alertOf({ id: 'a', name: 'Slow <!channel> & more' }), [id]);
    await channels.deliver();
    const { text } = JSON.parse(hooks.hooks[0]?.body ?? '') as { text: string };
    expect(text).toMatch(/^\*\[shop\] warning: Slow &lt;!channel&gt; &amp; more\*\n/);
  });
});

describe('a mail', () => {
  it('reaches every recipient', async () => {
    const { id } = await channels.create({ ...mailChannel, port: smtp.port });
    await fire(id);
    const [mail] = smtp.mails;
    expect(mail).toMatchObject({ from: 'robot@example.org', to: ['ops@example.org', 'two@example.org'] });
    expect(mail?.data).toMatch(/Subject: \[shop\] warning: Slow/);
    expect(mail?.data).toMatch(/Auto-Submitted: auto-generated/i);
    expect(mail?.data).toContain('https://shop.example.org/admin/performance');
  });

  it('is not sent with a password that would cross the network in the clear', async () => {
    const { id } = await channels.create({ ...mailChannel, port: smtp.port, user: 'robot', password: 'hunter2' });
    const delivery = await channels.test(id);
    expect(delivery.state).toBe('failed');
    expect(smtp.mails).toEqual([]);
    expect(JSON.stringify(delivery)).not.toMatch(/hunter2|robot/);
  });

  it('that is refused is reported without who it was for', async () => {
    const { id } = await channels.create({ ...mailChannel, port: smtp.port });
    smtp.refuse('550 5.1.1 ops@example.org unknown');
    const { error } = await channels.test(id);
    expect(error).toMatch(/550/);
    expect(error).not.toContain('ops@');
  });
});

describe('channels', () => {
  it('are sealed where they are kept, and never shown whole', async () => {
    await channels.create({ ...mailChannel, port: smtp.port, password: 'hunter2', user: 'robot' });
    const { id } = await channels.create({
      kind: 'webhook',
      name: 'hook',
      url: `${hooks.url}/token`,
      secret: 'of-the-hook',
    });
    const changed = await channels.change(id, { minSeverity: 'critical' });
    const shown = JSON.stringify([channels.list(), changed, await store.documents('channel')]);
    expect(shown).not.toMatch(/hunter2|of-the-hook|\/token/);
    expect(changed).toMatchObject({ minSeverity: 'critical', hasSecret: true });
  });

  it('hear of what is severe enough and meant for them', async () => {
    const { id: all } = await channels.create({ kind: 'slack', name: 'all', url: hooks.url });
    const { id: worst } = await channels.create({
      kind: 'slack',
      name: 'worst',
      url: hooks.url,
      minSeverity: 'critical',
    });
    await channels.create({ kind: 'slack', name: 'off', url: hooks.url, enabled: false });
    const rule = parseRule({ name: 'x', metric: 'pool.busy', threshold: 1 }, { id: 'x' });
    expect(channels.route(rule)).toEqual([all]);
    expect(channels.route({ ...rule, severity: 'critical' }).toSorted()).toEqual([all, worst].toSorted());
    expect(channels.route({ ...rule, severity: 'critical', channels: [worst] })).toEqual([worst]);
  });
});

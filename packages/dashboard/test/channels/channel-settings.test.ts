import { describe, expect, it } from 'vitest';
import { parseChannel, toChannel } from '../../src/channels/channel-settings.ts';
import { createSeal } from '../../src/channels/seal.ts';
import { toLines, toTitle } from '../../src/channels/message.ts';
import { signWebhook } from '../../src/channels/webhook.ts';
import { alertOf } from '../contract/alert-store.ts';

const parse = (input: object) => parseChannel(input, { id: 'c' }, () => 'new-secret');

describe('a channel', () => {
  it('shows neither the path of its address nor its secret', () => {
    const hook = parse({ kind: 'slack', name: 'ops', url: 'https://hooks.example.org/services/T0/B0/token' });
    expect(JSON.stringify(toChannel(hook))).not.toMatch(/token|services/);
    expect(toChannel(hook)).toMatchObject({ target: 'hooks.example.org', hasSecret: true });
    const mail = parse({
      kind: 'email',
      name: 'ops',
      host: 'mail.example.org',
      port: 587,
      user: 'robot',
      password: 'hunter2',
      from: 'robot@example.org',
      to: ['ops@example.org'],
    });
    expect(JSON.stringify(toChannel(mail))).not.toContain('hunter2');
  });

  it.each(['http://127.0.0.1:9/x', 'https://example.org/x'])('may have the address %s', (url) => {
    expect(parse({ kind: 'webhook', name: 'x', url })).toMatchObject({ url, secret: 'new-secret' });
  });

  it.each(['http://example.org/x', 'file:///etc/passwd', 'x'])('may not have the address %s', (url) => {
    expect(() => parse({ kind: 'webhook', name: 'x', url })).toThrow(/https/);
  });

  it('is refused with everything that is wrong, and without any value', () => {
    const make = () =>
      parse({ kind: 'email', name: '', host: 'a\r\nb', port: 0, password: 'hunter2', from: 'x', to: [], secure: 'no' });
    expect(make).toThrow(/name.*secure|host.*port.*from/s);
    expect(make).not.toThrow(/hunter2/);
  });

  it('keeps what a change leaves out', () => {
    const hook = parse({ kind: 'webhook', name: 'x', url: 'https://example.org/a', secret: 's' });
    expect(parseChannel({ name: 'y' }, hook, () => 'other')).toMatchObject({ name: 'y', secret: 's' });
    expect(() => parseChannel({ kind: 'slack' }, hook, () => 'other')).toThrow(/kind/);
  });
});

describe('a seal', () => {
  it('opens with its secret alone', () => {
    const sealed = createSeal('one').seal('text');
    expect(sealed).not.toContain('text');
    expect(createSeal('one').open(sealed)).toBe('text');
    expect(() => createSeal('two').open(sealed)).toThrow(/authenticate/);
  });
});

describe('a message', () => {
  const common = { id: 'm', service: 'shop', url: undefined, at: 0 };

  it('says what, since when and how bad', () => {
    const alert = alertOf({ id: 'a', firedAt: 0, peak: 900, relapseCount: 2 });
    expect(toTitle({ ...common, kind: 'fired', alert })).toBe('[shop] warning: Slow');
    expect(toLines({ ...common, kind: 'fired', alert }).join(' ')).toMatch(/1970.*120.*900.*came back 2 times/);
  });

  it('says how long it lasted when it is over', () => {
    const alert = alertOf({ id: 'a', firedAt: 0, endedAt: 300_000 });
    expect(toLines({ ...common, kind: 'ended', alert })[0]).toMatch(/Lasted 5 min/);
  });

  it('is signed over its time and body', () => {
    // HMAC-SHA-256 of "1700000000.{}" under "key", computed with openssl.
    expect(signWebhook('key', '{}', 1_700_000_000_999)).toBe(
      't=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { checkHost, isPublicAddress, parseHttpUrl, type ResolveHost } from '../../src/sources/website/address-guard.ts';

const to =
  (...addresses: string[]): ResolveHost =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

const INTERNAL = [
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fc00::1',
  'fd12:3456::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '::7f00:1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:0:7f00:1::',
  'ff02::1',
  'fec0::1',
  'nonsense',
  '',
];
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700:4700::1111',
  '2a00:1450::1',
];

describe('which addresses are public', () => {
  it.each(INTERNAL)('not %s', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(PUBLIC)('%s', (address) => expect(isPublicAddress(address)).toBe(true));
});

describe('checking a host', () => {
  it.each([
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::1]/',
    'http://0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1./',
  ])('refuses %s', async (text) => {
    await expect(checkHost(parseHttpUrl(text), { allowPrivate: false })).rejects.toMatchObject({
      code: 'SCANNER_ADDRESS_BLOCKED',
    });
  });

  it('refuses a name as soon as one of its addresses is internal', async () => {
    const url = parseHttpUrl('https://mixed.test/');
    await expect(checkHost(url, { allowPrivate: false, resolve: to('8.8.8.8', '10.0.0.1') })).rejects.toMatchObject({
      code: 'SCANNER_ADDRESS_BLOCKED',
    });
  });

  it('hands out the very address that was checked', async () => {
    const policy = { allowPrivate: false, resolve: to('8.8.8.8', '1.1.1.1') };
    expect(await checkHost(parseHttpUrl('https://good.test/'), policy)).toEqual({ address: '8.8.8.8', family: 4 });
  });

  it('says that a name does not resolve', async () => {
    const policy = { allowPrivate: false, resolve: () => Promise.reject(new Error('ENOTFOUND')) };
    await expect(checkHost(parseHttpUrl('https://none.test/'), policy)).rejects.toMatchObject({
      code: 'SCANNER_HOST_NOT_FOUND',
    });
  });
});

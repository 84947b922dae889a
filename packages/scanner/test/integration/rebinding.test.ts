import { afterEach, describe, expect, it } from 'vitest';
import { parseHttpUrl, type ResolveHost } from '../../src/sources/website/address-guard.ts';
import { createFetcher } from '../../src/sources/website/fetcher.ts';
import { siteForTest, type TestSite } from './web-server.ts';

let site: TestSite;
afterEach(() => site.close());

describe('a name that changes its address between check and connection', () => {
  it('does not reach the internal one', async () => {
    site = await siteForTest({ '/': 'internal' });
    let asked = 0;
    const rebind: ResolveHost = () =>
      Promise.resolve([{ address: asked++ === 0 ? '8.8.8.8' : '127.0.0.1', family: 4 }]);
    const fetcher = createFetcher({ allowPrivate: false, resolve: rebind });
    const url = parseHttpUrl(site.url.replace('127.0.0.1', 'rebinding.test'));
    await expect(fetcher.fetch(url, undefined)).rejects.toMatchObject({ code: 'SCANNER_ADDRESS_BLOCKED' });
    expect(site.asked).toEqual([]);
    await fetcher.close();
  });

  it('nor does a redirect', async () => {
    site = await siteForTest({
      '/': (_, response) => response.writeHead(302, { location: 'http://internal.test/secret' }).end(),
    });
    // Two names: the first is let through as if it were public, the second resolves to loopback.
    const resolve: ResolveHost = (host) =>
      Promise.resolve([{ address: host === 'start.test' ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
    const fetcher = createFetcher({
      allowPrivate: false,
      resolve,
      isAllowed: ({ address }) => address === '127.0.0.1',
    });
    const url = parseHttpUrl(site.url.replace('127.0.0.1', 'start.test'));
    await expect(fetcher.fetch(url, undefined)).rejects.toMatchObject({ code: 'SCANNER_ADDRESS_BLOCKED' });
    expect(site.asked).toEqual(['/']);
    await fetcher.close();
  });
});

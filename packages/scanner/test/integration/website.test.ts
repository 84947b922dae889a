import { afterEach, describe, expect, it } from 'vitest';
import { describeType } from '../../src/index.ts';
import { WEBSITE_TYPES } from '../../src/sources/website/website-types.ts';
import { scanAll, type Scanned } from '../scan/scan-world.ts';
import { siteForTest, type Route, type TestSite } from './web-server.ts';

let site: TestSite;
afterEach(() => site.close());

async function crawl(routes: Readonly<Record<string, Route>>, options = {}): Promise<Scanned> {
  site = await siteForTest(routes);
  return scanAll({ kind: 'website', url: `${site.url}/`, allowPrivate: true, ...options });
}
const types = ({ findings }: Scanned): readonly string[] => findings.map(({ type }) => type).toSorted();

describe('a web site', () => {
  it('is crawled within its origin, depth and page limits, and its text scanned', async () => {
    const scanned = await crawl(
      {
        '/': '<a href="/a">A</a> <a href="http://other.test/">other</a> <a href="/privacy">Privacy</a>',
        '/a': '<p>BSN: <b>111222333</b></p><a href="/b">B</a>',
        '/b': '<a href="/c">C</a>',
        '/privacy': 'statement',
      },
      { maxDepth: 1 },
    );
    expect(site.asked).toEqual(['/', '/robots.txt', '/a', '/privacy']);
    expect(scanned.findings.map(({ type, location }) => [type, location.item])).toEqual([['BSN', `${site.url}/a`]]);
    await site.close();
    const limited = await crawl({ '/': '<a href="/a">A</a><a href="/b">privacy</a>', '/a': 'x' }, { maxPages: 1 });
    expect(limited.skipped.map(({ code }) => code)).toEqual(['LIMIT_REACHED']);
  });

  it('is left alone where robots.txt says so', async () => {
    const scanned = await crawl({
      '/robots.txt': 'User-agent: *\nDisallow: /closed\nAllow: /closed/open$\n',
      '/': '<a href="/closed/a">privacy</a><a href="/closed/open">x</a>',
      '/closed/open': 'open',
    });
    expect(site.asked).not.toContain('/closed/a');
    expect(site.asked).toContain('/closed/open');
    expect(scanned.skipped.map(({ code }) => code)).toEqual(['ROBOTS']);
  });

  it('is reported for cookies before consent, trackers, third parties, forms and a missing statement', async () => {
    const scanned = await crawl({
      '/': (_, response) =>
        response.writeHead(200, {
          'content-type': 'text/html',
          'set-cookie': [
            '_ga=GA1.2.3; Max-Age=63072000',
            'sid=abc; HttpOnly',
            'visitor=77; Expires=Wed, 01 Jan 2031 00:00:00 GMT',
          ],
        }).end(`<script src="https://www.googletagmanager.com/gtm.js"></script><img src="https://cdn.example.net/x.png">
            <form action="/send"><input name="geboortedatum"><input type="email" name="e"></form><form action="/s"><input name="q"></form>`),
    });
    expect(types(scanned)).toEqual([
      'COOKIE_BEFORE_CONSENT',
      'COOKIE_BEFORE_CONSENT',
      'FORM_PERSONAL_DATA',
      'FORM_WITHOUT_HTTPS',
      'PRIVACY_STATEMENT_MISSING',
      'THIRD_PARTY_REQUEST',
      'TRACKER',
    ]);
    expect(JSON.stringify(scanned.events)).not.toContain('GA1.2.3');
    const form = scanned.findings.find(({ type }) => type === 'FORM_PERSONAL_DATA');
    expect(form?.context).toBe('asks for birth date, email');
  });

  it('has its documents read like files', async () => {
    const scanned = await crawl({
      '/': '<a href="/list.csv">privacy list</a>',
      '/list.csv': (_, response) =>
        response.writeHead(200, { 'content-type': 'text/csv' }).end('naam,bsn\nx,111222333\n'),
    });
    expect(types(scanned)).toEqual(['BSN']);
  });

  it('has every kind of finding described in both languages', () => {
    site = { url: '', asked: [], close: () => Promise.resolve() };
    for (const { type } of WEBSITE_TYPES) {
      const { name, remedy, category } = describeType(type);
      expect([type, category]).toEqual([type, 'online']);
      expect(name.nl).not.toBe(name.en);
      expect(remedy.en.length).toBeGreaterThan(20);
      expect(remedy.nl.length).toBeGreaterThan(20);
    }
  });
});

describe('an address that must not be fetched', () => {
  it('is refused unless internal addresses are allowed', async () => {
    site = await siteForTest({ '/': 'x' });
    const url = `${site.url}/`;
    for (const internal of [url, url.replace('127.0.0.1', 'localhost'), url.replace('127.0.0.1', '2130706433')])
      await expect(scanAll({ kind: 'website', url: internal })).rejects.toMatchObject({
        code: 'SCANNER_ADDRESS_BLOCKED',
      });
    expect(site.asked).toEqual([]);
  });

  it('is refused when its scheme is not HTTP', async () => {
    site = await siteForTest({});
    for (const url of ['ftp://example.org/', 'file:///etc/passwd', 'gopher://x/', 'javascript:alert(1)'])
      await expect(scanAll({ kind: 'website', url })).rejects.toMatchObject({ code: 'SCANNER_SCHEME_REFUSED' });
    await expect(scanAll({ kind: 'website', url: 'not an address' })).rejects.toMatchObject({
      code: 'SCANNER_SOURCE_INVALID',
    });
  });

  it('is refused when a redirect leads to another scheme, and redirects in a circle end', async () => {
    const go =
      (to: string): Route =>
      (_, response) =>
        response.writeHead(302, { location: to }).end();
    site = await siteForTest({ '/': go('file:///etc/passwd'), '/round': go('/round') });
    await expect(scanAll({ kind: 'website', url: `${site.url}/`, allowPrivate: true })).rejects.toMatchObject({
      code: 'SCANNER_SCHEME_REFUSED',
    });
    await expect(scanAll({ kind: 'website', url: `${site.url}/round`, allowPrivate: true })).rejects.toMatchObject({
      code: 'SCANNER_REDIRECTS_EXCEEDED',
    });
  });
});

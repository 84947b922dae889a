import type { Finding } from '../../finding.ts';
import { fingerprintValue } from '../../text/fingerprint.ts';
import type { Fetched } from './fetcher.ts';
import type { PageContent } from './page.ts';
import { trackerOfCookie, trackerOfHost } from './trackers.ts';
import { WEBSITE_TYPES } from './website-types.ts';

const PRIVACY_LINK = /privacy|gegevensbescherming|persoonsgegevens|datenschutz|confidentialit|\bavg\b|\bgdpr\b/i;
const DAY_SECONDS = 86_400;

/** Gathers what a site does to its visitors, each thing once. */
export interface SiteObserver {
  /** Findings about the answer and the page that were not made before. */
  observe(fetched: Fetched, page: PageContent | undefined): readonly Finding[];
  /** What only the whole site shows. */
  conclude(start: URL): readonly Finding[];
}

interface Observation {
  readonly type: string;
  readonly item: string;
  /** What it is, in public words: no cookie value, no query. */
  readonly subject: string;
  readonly detail: string;
  readonly score: number;
}

/** Starts observing; fingerprints use the scan's key. */
export function createSiteObserver(key: Uint8Array): SiteObserver {
  const seen = new Set<string>();
  let pages = 0;
  let hasPrivacyLink = false;

  const toFinding = ({ type, item, subject, detail, score }: Observation): Finding => {
    const description = WEBSITE_TYPES.find((candidate) => candidate.type === type);
    return {
      type,
      category: description?.category ?? 'online',
      severity: description?.severity ?? 'medium',
      score,
      reasons: [detail],
      location: { item },
      masked: subject,
      fingerprint: fingerprintValue(key, type, `${type} ${subject}`),
      context: detail.slice(0, 160),
    };
  };
  const isNew = ({ type, subject }: Observation): boolean => {
    const identity = `${type}\0${subject}`;
    return !seen.has(identity) && Boolean(seen.add(identity));
  };

  return {
    observe(fetched, page) {
      const found = [...observeCookies(fetched)];
      if (page) {
        pages++;
        hasPrivacyLink ||= page.links.some(
          ({ url, text }) => PRIVACY_LINK.test(text) || PRIVACY_LINK.test(url.pathname),
        );
        found.push(...observeResources(fetched.url, page), ...observeForms(fetched.url, page));
      }
      return found.filter((observation) => isNew(observation)).map((observation) => toFinding(observation));
    },
    conclude(start) {
      if (pages === 0 || hasPrivacyLink) return [];
      const detail = `no link to a privacy statement on ${pages} page${pages === 1 ? '' : 's'}`;
      const subject = start.host;
      return [
        toFinding({
          type: 'PRIVACY_STATEMENT_MISSING',
          item: start.href,
          subject,
          detail,
          score: pages > 2 ? 0.9 : 0.7,
        }),
      ];
    },
  };
}

function* observeCookies({ url, cookies }: Fetched): Generator<Observation> {
  for (const { setBy, header } of cookies) {
    const name = header.slice(0, Math.max(0, header.indexOf('='))).trim();
    if (name === '') continue;
    const tracker = trackerOfCookie(name);
    const seconds = lifetimeSeconds(header);
    // A cookie that ends with the visit is most likely needed for it; one that outlives it must have been agreed to.
    if (tracker === undefined && seconds <= DAY_SECONDS) continue;
    const days = Math.round(seconds / DAY_SECONDS);
    const detail = `${setBy.host} sets ${name}${tracker === undefined ? '' : ` (${tracker})`}${days > 0 ? ` for ${days} days` : ''} with the first answer`;
    yield {
      type: 'COOKIE_BEFORE_CONSENT',
      item: url.href,
      subject: `${name} @ ${setBy.host}`,
      detail,
      score: tracker === undefined ? 0.6 : 0.95,
    };
  }
}

function* observeResources(page: URL, { resources }: PageContent): Generator<Observation> {
  for (const { kind, url } of resources) {
    if (isSameSite(url, page)) continue;
    const tracker = trackerOfHost(url.host);
    const item = page.href;
    if (tracker === undefined)
      yield { type: 'THIRD_PARTY_REQUEST', item, subject: url.host, detail: `${kind} from ${url.host}`, score: 0.9 };
    else
      yield {
        type: 'TRACKER',
        item,
        subject: `${tracker} @ ${url.host}`,
        detail: `${kind} of ${tracker} from ${url.host}`,
        score: 0.95,
      };
  }
}

function* observeForms(page: URL, { forms }: PageContent): Generator<Observation> {
  for (const { action, asksFor } of forms) {
    if (asksFor.length === 0) continue;
    const subject = `${action.host}${action.pathname}`;
    const asked = `asks for ${asksFor.join(', ')}`;
    yield { type: 'FORM_PERSONAL_DATA', item: page.href, subject, detail: asked, score: 0.9 };
    if (action.protocol === 'http:' || page.protocol === 'http:')
      yield {
        type: 'FORM_WITHOUT_HTTPS',
        item: page.href,
        subject,
        detail: `${asked} and sends it unencrypted`,
        score: 0.98,
      };
  }
}

/** Max-Age in seconds; an Expires without it counts as outliving the visit. */
function lifetimeSeconds(header: string): number {
  const maxAge = /;\s*max-age\s*=\s*(-?\d+)/i.exec(header)?.[1];
  if (maxAge !== undefined) return Number(maxAge);
  const expires = /;\s*expires\s*=\s*[^;]*?\b(\d{4})\b/i.exec(header)?.[1];
  return expires === undefined || expires === '1970' ? 0 : DAY_SECONDS + 1;
}

/** The same registrable domain, told by the last two labels; close enough to call a party third. */
function isSameSite(one: URL, other: URL): boolean {
  const site = (url: URL): string =>
    /^[\d.]+$|:/.test(url.hostname) ? url.host : url.hostname.split('.').slice(-2).join('.');
  return site(one) === site(other);
}

import { detectEncoding } from '../../decode/encoding.ts';
import { createStreamingDecoder } from '../../decode/text-decoder.ts';
import { ScannerError } from '../../errors.ts';
import type { ChunkSession } from '../../chunk-session.ts';
import { extractHtmlText } from '../../read/formats/html-text.ts';
import type { ItemContext, ReadSteps } from '../../read/item-context.ts';
import { readItem } from '../../read/read-item.ts';
import { createBufferInput } from '../../read/stream-input.ts';
import type { SkipCode } from '../../skip-code.ts';
import type { WebsiteSource } from '../../source-spec.ts';
import type { Source } from '../source.ts';
import { checkHost, parseHttpUrl, type AddressPolicy } from './address-guard.ts';
import { createFetcher, type Fetched, type Fetcher } from './fetcher.ts';
import { createSiteObserver } from './observations.ts';
import { type PageContent, readPage } from './page.ts';
import { parseRobots, type Robots } from './robots.ts';

const DEFAULTS = { maxPages: 50, maxDepth: 3, maxMs: 120_000 };
const ROBOT_NAME = 'dataguardian';
/** A site that links its pages endlessly, such as a calendar, must not fill the memory. */
const MOST_WAITING = 10_000;

interface Waiting {
  readonly url: URL;
  readonly depth: number;
}

/** A web site: its pages, what they load, set and ask for. `policy` is for tests of the address check. */
export function createWebsiteSource(spec: WebsiteSource, policy: Partial<AddressPolicy> = {}): Source {
  const addressPolicy: AddressPolicy = { allowPrivate: spec.allowPrivate === true, ...policy };
  return {
    async *plan() {
      const url = parseHttpUrl(spec.url);
      await checkHost(url, addressPolicy);
      yield { kind: 'site', items: [{ url: url.href }], estimatedBytes: 0 };
    },
    async *read(chunk, session) {
      if (chunk.kind !== 'site') return;
      const fetcher = createFetcher(addressPolicy);
      try {
        yield* crawl(spec, fetcher, session);
      } finally {
        await fetcher.close();
      }
    },
  };
}

async function* crawl(spec: WebsiteSource, fetcher: Fetcher, session: ChunkSession): ReadSteps {
  const { signal, clock, fingerprintKey } = session.options;
  const limits = { ...DEFAULTS, ...withoutUndefined(spec) };
  const endsAt = clock.monotonic() + limits.maxMs;
  const observer = createSiteObserver(fingerprintKey);
  const start = parseHttpUrl(spec.url);
  const first = await fetcher.fetch(start, signal);
  const { origin } = first.url;
  const robots = await fetchRobots(fetcher, first.url, signal);
  const known = new Set([start.href, first.url.href]);
  const waiting: Waiting[] = [{ url: first.url, depth: 0 }];
  let pages = 0;

  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (pages >= limits.maxPages || clock.monotonic() > endsAt) {
      const limit = pages >= limits.maxPages ? `maxPages (${limits.maxPages})` : `maxMs (${limits.maxMs})`;
      const reason = `${waiting.length + 1} known pages left out by ${limit}`;
      session.emit({ kind: 'skipped', item: origin, code: 'LIMIT_REACHED', reason });
      break;
    }
    const { url, depth } = next;
    if (!robots.allows(url.pathname + url.search)) {
      session.emit({ kind: 'skipped', item: url.href, code: 'ROBOTS', reason: 'robots.txt asks not to fetch it' });
      continue;
    }
    const fetched = pages === 0 ? first : await tryFetch(fetcher, url, session);
    pages++;
    if (!fetched) continue;
    if (fetched.url.origin !== origin) continue;
    const page = isHtml(fetched) ? readPage(decode(fetched), fetched.url) : undefined;
    for (const finding of observer.observe(fetched, page)) session.emit({ kind: 'finding', finding });
    yield* session.item(fetched.url.href, fetched.body.length, (context) => readFetched(fetched, page, context));
    for (const { url: target } of page && depth < limits.maxDepth ? page.links : []) {
      target.hash = '';
      if (target.origin !== origin || known.has(target.href) || waiting.length >= MOST_WAITING) continue;
      known.add(target.href);
      waiting.push({ url: target, depth: depth + 1 });
    }
    const totalItems = Math.min(limits.maxPages, pages + waiting.length);
    session.emit({ kind: 'planned', totalBytes: session.done.bytes, totalItems: totalItems - 1 });
    yield;
  }
  for (const finding of observer.conclude(first.url)) session.emit({ kind: 'finding', finding });
}

async function* readFetched(fetched: Fetched, page: PageContent | undefined, context: ItemContext): ReadSteps {
  if (fetched.status >= 400) {
    context.skip('HTTP_STATUS', `the server answered ${fetched.status}`);
    return;
  }
  if (fetched.isCut) context.skip('LIMIT_REACHED', 'only its first 8 MiB were read');
  if (!page) {
    yield* readItem(createBufferInput(fetched.url.pathname, fetched.body, context.limits), context);
    return;
  }
  const sink = context.openText({ mediaType: 'text/html' });
  sink.push(extractHtmlText(decode(fetched)), { part: 'text' });
  sink.end();
  for (const script of page.inlineScripts) {
    const scriptSink = context.openText({ mediaType: 'text/javascript' });
    scriptSink.push(script, { part: 'inline script' });
    scriptSink.end();
    yield;
  }
}

async function tryFetch(fetcher: Fetcher, url: URL, session: ChunkSession): Promise<Fetched | undefined> {
  try {
    return await fetcher.fetch(url, session.options.signal);
  } catch (error) {
    if (!(error instanceof ScannerError) || session.options.signal?.aborted === true) throw error;
    const code: SkipCode = error.code === 'SCANNER_ADDRESS_BLOCKED' ? 'ADDRESS_BLOCKED' : 'UNREACHABLE';
    session.emit({ kind: 'skipped', item: url.href, code, reason: error.message });
    return undefined;
  }
}

async function fetchRobots(fetcher: Fetcher, url: URL, signal: AbortSignal | undefined): Promise<Robots> {
  try {
    const { status, body } = await fetcher.fetch(new URL('/robots.txt', url), signal);
    return parseRobots(status < 400 ? body.toString('utf8') : '', ROBOT_NAME);
  } catch (error) {
    if (!(error instanceof ScannerError)) throw error;
    return parseRobots('', ROBOT_NAME);
  }
}

function isHtml({ mediaType, body }: Fetched): boolean {
  if (mediaType === '') return /^\s*<(?:!doctype html|html)/i.test(body.subarray(0, 256).toString('latin1'));
  return mediaType === 'text/html' || mediaType === 'application/xhtml+xml';
}

function decode({ body, charset }: Fetched): string {
  try {
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) return new TextDecoder(charset).decode(body);
  } catch {
    // An unknown name of a charset: the bytes decide.
  }
  const encoding = detectEncoding(body.subarray(0, 65_536)) ?? { kind: 'utf-8', bomBytes: 0 };
  const decoder = createStreamingDecoder(encoding);
  return decoder.write(body.subarray(encoding.bomBytes)) + decoder.end();
}

function withoutUndefined({ maxPages, maxDepth, maxMs }: WebsiteSource): Partial<typeof DEFAULTS> {
  return {
    ...(maxPages === undefined ? {} : { maxPages }),
    ...(maxDepth === undefined ? {} : { maxDepth }),
    ...(maxMs === undefined ? {} : { maxMs }),
  };
}

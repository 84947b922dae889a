import { Agent, request, type Dispatcher } from 'undici';
import { ScannerError, toReason } from '../../errors.ts';
import { type AddressPolicy, type CheckedAddress, checkHost, parseHttpUrl } from './address-guard.ts';

/** A page or file as the server gave it. */
export interface Fetched {
  /** Where it finally came from. */
  readonly url: URL;
  readonly status: number;
  readonly mediaType: string;
  readonly charset: string | undefined;
  readonly body: Buffer;
  /** `Set-Cookie` headers of every step, each with the address that set it. */
  readonly cookies: readonly { readonly setBy: URL; readonly header: string }[];
  /** Whether the body was cut at the limit. */
  readonly isCut: boolean;
}

/** Fetches pages without ever reaching an address that was not checked. */
export interface Fetcher {
  /** Follows redirects, checking each anew. @throws ScannerError when an address is refused or nothing answers. */
  fetch(url: URL, signal: AbortSignal | undefined): Promise<Fetched>;
  close(): Promise<void>;
}

const MOST_REDIRECTS = 10;
const MOST_BODY_BYTES = 8_388_608;
const ANSWER_WITHIN_MS = 15_000;
const USER_AGENT = 'DataGuardian/0.1 (privacy scan)';

/** Makes a fetcher. Connections go to the address that was checked: a name that changes its mind in between gains nothing. */
export function createFetcher(policy: AddressPolicy): Fetcher {
  const agent = new Agent({
    connect: {
      timeout: ANSWER_WITHIN_MS,
      lookup(hostname, options, callback) {
        const url = new URL(`http://${hostname.includes(':') ? `[${hostname}]` : hostname}`);
        const answer = ({ address, family }: CheckedAddress): void => {
          if (options.all === true) callback(null, [{ address, family }]);
          else callback(null, address, family);
        };
        // oxlint-disable-next-line promise/no-callback-in-promise -- the socket's face is a callback
        checkHost(url, policy).then(answer, (error: NodeJS.ErrnoException) => {
          // oxlint-disable-next-line promise/no-callback-in-promise -- as above
          callback(error, '', 4);
        });
      },
    },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
    maxHeaderSize: 65_536,
  });

  const step = async (url: URL, signal: AbortSignal | undefined): Promise<Dispatcher.ResponseData> => {
    // An address in digits is connected to without a lookup, so it is checked here; names are checked twice, cheaply.
    await checkHost(url, policy);
    try {
      return await request(url, {
        dispatcher: agent,
        method: 'GET',
        headers: { 'user-agent': USER_AGENT, accept: 'text/html,application/xhtml+xml,*/*;q=0.5' },
        signal: signal ?? null,
      });
    } catch (error) {
      if (error instanceof ScannerError) throw error;
      const { cause } = error instanceof Error ? error : { cause: undefined };
      if (cause instanceof ScannerError) throw cause;
      throw new ScannerError('SCANNER_SITE_UNREACHABLE', `${url.origin}: ${toReason(error)}`, { cause: error });
    }
  };

  return {
    async fetch(start, signal) {
      let url = start;
      const cookies: Fetched['cookies'][number][] = [];
      for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
        const response = await step(url, signal);
        for (const header of toList(response.headers['set-cookie'])) cookies.push({ setBy: url, header });
        const [location] = toList(response.headers.location);
        if (response.statusCode >= 300 && response.statusCode < 400 && location !== undefined) {
          await response.body.dump();
          url = parseHttpUrl(new URL(location, url).href);
          continue;
        }
        const [contentType = ''] = toList(response.headers['content-type']);
        return {
          url,
          status: response.statusCode,
          mediaType: contentType.split(';')[0]?.trim().toLowerCase() ?? '',
          charset: /charset=["']?([\w-]+)/i.exec(contentType)?.[1],
          ...(await readBody(response.body)),
          cookies,
        };
      }
      throw new ScannerError('SCANNER_REDIRECTS_EXCEEDED', start.href);
    },
    close: () => agent.destroy(),
  };
}

async function readBody(stream: Dispatcher.ResponseData['body']): Promise<{ body: Buffer; isCut: boolean }> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= MOST_BODY_BYTES) {
      stream.destroy();
      return { body: Buffer.concat(parts, MOST_BODY_BYTES), isCut: true };
    }
  }
  return { body: Buffer.concat(parts, bytes), isCut: false };
}

function toList(header: string | string[] | undefined): readonly string[] {
  if (header === undefined) return [];
  return typeof header === 'string' ? [header] : header;
}

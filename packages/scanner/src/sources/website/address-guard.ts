import { lookup as lookupAll } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ScannerError } from '../../errors.ts';

/** An address that was checked, and to which the connection is made without asking the name server again. */
export interface CheckedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Turns a host name into addresses; a test hands in its own. */
export type ResolveHost = (host: string) => Promise<readonly CheckedAddress[]>;

/** Asks the system's name service. */
export const resolveHost: ResolveHost = async (host) => {
  const found = await lookupAll(host, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** Whether an address is reachable for everybody: no private, loopback, link-local, carrier, documentation or other special range. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // Of IPv6, addresses that carry an IPv4 one inside (mapped, NAT64, 6to4, Teredo) have ranges of their own.
  return ipaddr.process(address).range() === 'unicast' && !IPV4_COMPATIBLE.test(address);
}

/** The long deprecated `::a.b.c.d`, which some systems still route. */
const IPV4_COMPATIBLE = /^(?:0*:){2,7}(?:[\da-f]{1,4}:)?(?:[\da-f]{1,4}|\d+\.\d+\.\d+\.\d+)$/i;

/** What decides whether and how an address is opened. */
export interface AddressPolicy {
  readonly allowPrivate: boolean;
  readonly resolve?: ResolveHost;
  /** Addresses that count as public although they are not, such as a test's own server. */
  readonly isAllowed?: (address: CheckedAddress) => boolean;
}

/**
 * Parses an address and refuses every scheme but HTTP. Numbers in any notation for a host (decimal, octal, hexadecimal)
 * come out as a dotted address, so that they cannot hide one.
 * @throws ScannerError SCANNER_SOURCE_INVALID or SCANNER_SCHEME_REFUSED.
 */
export function parseHttpUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw new ScannerError('SCANNER_SOURCE_INVALID', 'not an address', { cause: error });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ScannerError('SCANNER_SCHEME_REFUSED', url.protocol);
  return url;
}

/**
 * Resolves a host once and checks every address it has.
 * @throws ScannerError SCANNER_HOST_NOT_FOUND, or SCANNER_ADDRESS_BLOCKED when any address is not public.
 */
export async function checkHost(url: URL, policy: AddressPolicy): Promise<CheckedAddress> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  let addresses: readonly CheckedAddress[];
  try {
    addresses =
      family === 0 ? await (policy.resolve ?? resolveHost)(host) : [{ address: host, family: family === 6 ? 6 : 4 }];
  } catch (error) {
    throw new ScannerError('SCANNER_HOST_NOT_FOUND', host, { cause: error });
  }
  const [first] = addresses;
  if (!first) throw new ScannerError('SCANNER_HOST_NOT_FOUND', host);
  const isOpen = (found: CheckedAddress): boolean =>
    isPublicAddress(found.address) || policy.isAllowed?.(found) === true;
  if (!policy.allowPrivate && !addresses.every((found) => isOpen(found)))
    throw new ScannerError('SCANNER_ADDRESS_BLOCKED', host);
  return first;
}
